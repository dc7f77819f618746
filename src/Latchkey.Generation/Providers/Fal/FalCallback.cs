using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Latchkey.Platform.Settings;
using Microsoft.AspNetCore.Http;
using NSec.Cryptography;

namespace Latchkey.Generation.Providers.Fal;

/// <summary>
/// Checks that a webhook comes from fal.ai: an Ed25519 signature over request id, user id, timestamp and the SHA-256 of the body, by one of
/// the keys that fal.ai publishes (https://docs.fal.ai/model-endpoints/webhooks).
/// </summary>
internal sealed class FalCallback(ProviderHttp http, LatchkeySettings settings, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan LongestAge = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan KeysKeep = TimeSpan.FromHours(24);

    /// <summary>A forged signature must not make us ask fal.ai again and again.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _loading = new(1);
    private IReadOnlyList<PublicKey> _keys = [];
    private DateTimeOffset _loadedAt = DateTimeOffset.MinValue;

    public async Task<bool> IsGoodAsync(IHeaderDictionary headers, byte[] body, CancellationToken cancellation)
    {
        var timestamp = headers["X-Fal-Webhook-Timestamp"].ToString();

        if (
            !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(time.GetUtcNow().ToUnixTimeSeconds() - seconds) > LongestAge.TotalSeconds
            || !TryHex(headers["X-Fal-Webhook-Signature"].ToString(), out var signature)
        )
            return false;

        var signed = Encoding.UTF8.GetBytes(
            string.Join(
                '\n',
                headers["X-Fal-Webhook-Request-Id"].ToString(),
                headers["X-Fal-Webhook-User-Id"].ToString(),
                timestamp,
                Convert.ToHexStringLower(SHA256.HashData(body))
            )
        );

        return IsSigned(await KeysAsync(KeysKeep, cancellation), signed, signature)
            // fal.ai may have changed its keys since.
            || IsSigned(await KeysAsync(BetweenLooks, cancellation), signed, signature);
    }

    public void Dispose() => _loading.Dispose();

    private static bool IsSigned(IReadOnlyList<PublicKey> keys, byte[] signed, byte[] signature) =>
        keys.Any(key => SignatureAlgorithm.Ed25519.Verify(key, signed, signature));

    private async Task<IReadOnlyList<PublicKey>> KeysAsync(TimeSpan notOlderThan, CancellationToken cancellation)
    {
        await _loading.WaitAsync(cancellation);

        try
        {
            if (_loadedAt + notOlderThan > time.GetUtcNow())
                return _keys;

            var request = new HttpRequestMessage(HttpMethod.Get, settings[GenerationSettings.FalJwksUrl]);
            var answer = await http.SendAsync(request, Patience, cancellation);

            if (answer.IsSuccess && answer.Json.At("keys") is JsonArray keys)
                (_keys, _loadedAt) = ([.. keys.Select(Import).OfType<PublicKey>()], time.GetUtcNow());

            return _keys;
        }
        finally
        {
            _loading.Release();
        }
    }

    private static PublicKey? Import(JsonNode? key)
    {
        var bytes = new byte[32];
        var text = key.Text("x")?.Replace('-', '+').Replace('_', '/').TrimEnd('=') ?? "";

        return
            Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var length)
            && length == bytes.Length
            && PublicKey.TryImport(SignatureAlgorithm.Ed25519, bytes, KeyBlobFormat.RawPublicKey, out var imported)
            ? imported
            : null;
    }

    private static bool TryHex(string text, out byte[] bytes)
    {
        bytes = new byte[SignatureAlgorithm.Ed25519.SignatureSize];
        return text.Length == bytes.Length * 2
            && Convert.FromHexString(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == bytes.Length;
    }
}
