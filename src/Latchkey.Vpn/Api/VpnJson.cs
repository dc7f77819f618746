using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Latchkey.Vpn.Batches;
using Latchkey.Vpn.Events;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Links;
using Latchkey.Vpn.Nodes;
using Latchkey.Vpn.Online;
using Latchkey.Vpn.Subscriptions;
using Latchkey.Vpn.Traffic;

namespace Latchkey.Vpn.Api;

/// <summary>How the API writes JSON: <c>snake_case</c>, nulls shown, text as it is.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DetailResponse))]
[JsonSerializable(typeof(KeyResponse))]
[JsonSerializable(typeof(KeyDetailsResponse))]
[JsonSerializable(typeof(LinkResponse))]
[JsonSerializable(typeof(MessageResponse))]
[JsonSerializable(typeof(TrafficResponse))]
[JsonSerializable(typeof(TrafficResetResponse))]
[JsonSerializable(typeof(TrafficSyncResponse))]
[JsonSerializable(typeof(StatusResponse))]
[JsonSerializable(typeof(KeyEvent))]
[JsonSerializable(typeof(TrafficHistoryResponse))]
[JsonSerializable(typeof(SubscriptionResponse))]
[JsonSerializable(typeof(KeyListResponse))]
[JsonSerializable(typeof(KeyDetailsListResponse))]
[JsonSerializable(typeof(BatchDeletionResponse))]
[JsonSerializable(typeof(OnlineResponse))]
[JsonSerializable(typeof(NodesResponse))]
internal sealed partial class VpnJson : JsonSerializerContext
{
    /// <summary>For answers: Cyrillic names stay readable. JSON is never put into a page by us.</summary>
    public static VpnJson Relaxed { get; } =
        new(
            new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );

    /// <summary>For configurations, which people read too.</summary>
    public static JsonSerializerOptions Indented { get; } =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
