using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Platform.Access;
using Latchkey.Platform.Webhooks;
using Latchkey.Video.Api;
using Latchkey.Video.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Webhooks;

/// <summary>Tells webhooks of events: a row of the outbox for each, saved in the transaction of the change itself.</summary>
internal sealed class VideoWebhooks(TimeProvider time)
{
    private const string IdHeader = "X-Api-Video-WebhookID";
    private const string SignatureHeader = "X-Api-Video-Signature";

    /// <summary>Adds the messages to the caller's context. After its save, hand them to <see cref="IWebhookSender.Wake"/>.</summary>
    /// <param name="eventType">One of <see cref="WebhookEvents"/>.</param>
    /// <param name="payload">What the event has beside <c>type</c> and <c>emittedAt</c>.</param>
    public async Task<IReadOnlyList<OutboxMessage>> EnqueueAsync(
        VideoDb db,
        KeyEnvironment environment,
        string eventType,
        JsonObject payload,
        CancellationToken cancellation
    )
    {
        var listed = $",{eventType},";
        var webhooks = await db
            .Webhooks.AsNoTracking()
            .Where(webhook => webhook.Environment == environment && webhook.EventList.Contains(listed))
            .ToListAsync(cancellation);

        if (webhooks.Count == 0)
            return [];

        var now = time.GetUtcNow();
        var body = Write(eventType, payload, now);

        var messages = webhooks.ConvertAll(webhook =>
            OutboxMessage.Create(VideoModule.Prefix, webhook.Id, eventType, webhook.Url, body, HeadersOf(webhook, body), now)
        );

        db.AddRange(messages);
        return messages;
    }

    private static byte[] Write(string eventType, JsonObject payload, DateTimeOffset now)
    {
        var whole = new JsonObject { ["type"] = eventType, ["emittedAt"] = Dates.Write(now) };

        foreach (var (name, value) in payload)
            whole[name] = value?.DeepClone();

        return JsonSerializer.SerializeToUtf8Bytes(whole, ApiJson.Options);
    }

    /// <summary>The signature covers the raw body, with the whole secret, prefix included, as the key.</summary>
    private static Dictionary<string, string> HeadersOf(VideoWebhook webhook, byte[] body) =>
        new(StringComparer.OrdinalIgnoreCase)
        {
            [IdHeader] = webhook.Id,
            [SignatureHeader] = Convert.ToHexStringLower(
                HMACSHA256.HashData(System.Text.Encoding.UTF8.GetBytes(webhook.SignatureSecret), body)
            ),
        };
}
