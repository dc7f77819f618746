using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Latchkey.Platform.Settings;
using Latchkey.Platform.Webhooks;
using Latchkey.Vpn.Api;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Keys;

namespace Latchkey.Vpn.Events;

/// <summary>
/// Tells <c>VPN_WEBHOOK_URL</c> what happens to keys: rows of the outbox, saved with the change itself. Each is signed with HMAC-SHA256 over the
/// raw body, in <c>X-Latchkey-Signature</c>.
/// </summary>
internal sealed class KeyEvents(LatchkeySettings settings, TimeProvider time)
{
    public const string Created = "key.created";
    public const string LimitNear = "key.limit_near";
    public const string LimitReached = "key.limit_reached";
    public const string Expired = "key.expired";
    public const string TooManyDevices = "key.too_many_devices";
    public const string Deleted = "key.deleted";

    private const string SignatureHeader = "X-Latchkey-Signature";

    private readonly IReadOnlyList<string> _urls = settings.List(VpnSettings.WebhookUrls);
    private readonly byte[]? _secret = settings[VpnSettings.WebhookSecret] is { } secret ? Encoding.UTF8.GetBytes(secret) : null;

    public bool AreSent => _urls.Count > 0;

    /// <summary>Adds the messages to the caller's context; hand them to <see cref="IWebhookSender.Wake"/> when they are saved.</summary>
    public IReadOnlyList<OutboxMessage> Enqueue(VpnDb db, string type, VpnKey key)
    {
        if (_urls.Count == 0)
            return [];

        var now = time.GetUtcNow();
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new KeyEvent(
                type,
                now.ToUnixTimeSeconds(),
                new EventKey(
                    key.Id,
                    key.Uuid,
                    key.Name,
                    key.State(now).Word(),
                    key.Traffic.Total,
                    key.DataLimit,
                    key.ExpiresAt?.ToUnixTimeSeconds()
                )
            ),
            VpnJson.Relaxed.KeyEvent
        );
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

        if (_secret is not null)
            headers[SignatureHeader] = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(_secret, body));

        var messages = _urls
            .Select((url, index) => OutboxMessage.Create(VpnModule.Prefix, $"webhook-{index + 1}", type, url, body, headers, now))
            .ToList();
        db.AddRange(messages);

        return messages;
    }
}

/// <param name="Type">key.created, key.limit_near, key.limit_reached, key.expired, key.too_many_devices or key.deleted.</param>
/// <param name="At">In Unix seconds.</param>
public sealed record KeyEvent(string Type, long At, EventKey Key);

/// <param name="Used">Bytes up and down since the last reset.</param>
public sealed record EventKey(long KeyId, string Uuid, string? Name, string State, long Used, long? DataLimit, long? ExpiresAt);
