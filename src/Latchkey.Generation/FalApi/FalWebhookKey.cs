using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Latchkey.Generation.Data;
using Latchkey.Platform.Access;
using NSec.Cryptography;

namespace Latchkey.Generation.FalApi;

/// <summary>Signs webhooks as fal.ai does: Ed25519 over request id, user id, time and the SHA-256 of the body, on a line each.</summary>
internal sealed class FalWebhookKey(ModuleSecrets secrets) : IPublishedKeys, IDisposable
{
    public const string RequestHeader = "X-Fal-Webhook-Request-Id";

    private const string Id = "generation-fal-webhooks";

    private readonly Lazy<Key> _key = new(() => Key.Import(SignatureAlgorithm.Ed25519, secrets.FalWebhooks, KeyBlobFormat.RawPrivateKey));

    public IReadOnlyList<PublicKeyResponse> Keys =>
        [PublicKeyResponse.Ed25519(Id, _key.Value.PublicKey.Export(KeyBlobFormat.RawPublicKey))];

    public Dictionary<string, string> Sign(string requestId, string userId, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = string.Join('\n', requestId, userId, timestamp, Convert.ToHexStringLower(SHA256.HashData(body)));
        var signature = SignatureAlgorithm.Ed25519.Sign(_key.Value, Encoding.UTF8.GetBytes(signed));

        return new(StringComparer.Ordinal)
        {
            [RequestHeader] = requestId,
            ["X-Fal-Webhook-User-Id"] = userId,
            ["X-Fal-Webhook-Timestamp"] = timestamp,
            ["X-Fal-Webhook-Signature"] = Convert.ToHexStringLower(signature),
        };
    }

    public void Dispose()
    {
        if (_key.IsValueCreated)
            _key.Value.Dispose();
    }
}
