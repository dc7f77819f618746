using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Latchkey.Platform.Settings;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Providers.Kie;

/// <summary>
/// Whether a callback may come from KIE.ai: the shared secret, as <c>Authorization: Bearer</c> or <c>?secret=</c>, and the signature
/// <c>base64(HMAC-SHA256(key, taskId + "." + timestamp))</c>, each when it is configured (https://docs.kie.ai, webhook verification).
/// </summary>
internal sealed class KieSignature(LatchkeySettings settings, TimeProvider time)
{
    private const string BearerScheme = "Bearer ";
    private static readonly TimeSpan LongestAge = TimeSpan.FromMinutes(5);

    public bool HasSecret => settings[GenerationSettings.CallbackSecret] is not null;

    public bool IsGood(HttpRequest request, string? taskId) => HasGoodSecret(request) && HasGoodSignature(request, taskId);

    private bool HasGoodSecret(HttpRequest request)
    {
        if (settings[GenerationSettings.CallbackSecret] is not { } secret)
            return true;

        var header = request.Headers.Authorization.ToString();
        var bearer = header.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase) ? header[BearerScheme.Length..].Trim() : "";

        return AreEqual(bearer, secret) || AreEqual(request.Query["secret"].ToString(), secret);
    }

    private bool HasGoodSignature(HttpRequest request, string? taskId)
    {
        if (settings[GenerationSettings.KieWebhookKey] is not { } key)
            return true;

        var timestamp = request.Headers["X-Webhook-Timestamp"].ToString();

        if (
            !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(time.GetUtcNow().ToUnixTimeSeconds() - seconds) > LongestAge.TotalSeconds
        )
            return false;

        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{taskId}.{timestamp}"));
        return AreEqual(request.Headers["X-Webhook-Signature"].ToString(), Convert.ToBase64String(expected));
    }

    private static bool AreEqual(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(one)),
            SHA256.HashData(Encoding.UTF8.GetBytes(other))
        );
}
