using System.Security.Cryptography;
using Latchkey.Platform.Access;

namespace Latchkey.Video.Webhooks;

internal sealed class VideoWebhook
{
    public const string IdPrefix = "webhook_";
    public const string SecretPrefix = "sig_sec_";

    private VideoWebhook() { }

    public string Id { get; private init; } = null!;

    public KeyEnvironment Environment { get; private init; }

    /// <summary>Comma-separated, with a comma at both ends, so that one event can be looked for.</summary>
    public string EventList { get; private init; } = null!;

    public string Url { get; private init; } = null!;

    /// <summary>The key of the HMAC, whole string. The contract shows it again and again, so it is stored.</summary>
    public string SignatureSecret { get; private init; } = null!;

    public DateTimeOffset CreatedAt { get; private init; }

    public IReadOnlyList<string> Events => EventList.Split(',', StringSplitOptions.RemoveEmptyEntries);

    public static VideoWebhook Create(KeyEnvironment environment, IEnumerable<string> events, string url, DateTimeOffset now) =>
        new()
        {
            Id = Api.Ids.New(IdPrefix),
            Environment = environment,
            EventList = $",{string.Join(',', events.Distinct(StringComparer.Ordinal))},",
            Url = url,
            SignatureSecret = SecretPrefix + RandomNumberGenerator.GetHexString(40, lowercase: true),
            CreatedAt = now,
        };
}
