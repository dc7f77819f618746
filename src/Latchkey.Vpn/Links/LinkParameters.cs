using System.Globalization;
using Latchkey.Platform.Settings;

namespace Latchkey.Vpn.Links;

/// <summary>What the links of one node have in common.</summary>
/// <param name="Host">The server's address; <c>null</c>: that of the request, or of <c>LATCHKEY_PUBLIC_URL</c>.</param>
/// <param name="PublicKey">In URL-safe base64 without padding; <c>null</c>: there can be no links.</param>
internal sealed record LinkParameters(string? Host, int Port, string ServerName, string Fingerprint, string? PublicKey, string ShortId)
{
    public static LinkParameters From(LatchkeySettings settings) =>
        new(
            settings[LinkSettings.Domain]?.Trim('[', ']'),
            int.Parse(settings[LinkSettings.Port]!, CultureInfo.InvariantCulture),
            settings[LinkSettings.ServerNameIndication]!,
            settings[LinkSettings.Fingerprint]!,
            settings[LinkSettings.PublicKey] is { } key ? UrlSafe(key) : null,
            settings[LinkSettings.ShortId]!
        );

    /// <summary>Clients want the URL-safe alphabet; some tools print the other one.</summary>
    public static string UrlSafe(string base64) => base64.TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
