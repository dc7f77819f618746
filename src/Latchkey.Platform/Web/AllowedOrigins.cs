using System.Collections.Frozen;

namespace Latchkey.Platform.Web;

/// <summary>The origins whose pages may call a façade from a browser.</summary>
public sealed class AllowedOrigins
{
    private readonly FrozenSet<string> _listed;

    private AllowedOrigins(IEnumerable<string> listed) => _listed = listed.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>No cookies are involved, so this gives nobody anything they lack.</summary>
    public static AllowedOrigins Any { get; } = new([]);

    public static AllowedOrigins None { get; } = new([]);

    /// <param name="origins">
    /// Such as <c>https://panel.example</c> or <c>http://localhost:3000</c>, as <see cref="Settings.SettingRules.Origins"/> lets them
    /// through; <c>*</c> among them means any, and an empty list none.
    /// </param>
    public static AllowedOrigins Of(IReadOnlyList<string> origins) =>
        origins.Contains("*") ? Any
        : origins.Count == 0 ? None
        : new(origins.Select(AsBrowsersWriteIt));

    /// <summary>Whether an answer depends on who asks, which caches must know.</summary>
    internal bool IsList => _listed.Count > 0;

    /// <returns>The value of Access-Control-Allow-Origin for a page of <paramref name="origin"/>, or <c>null</c> when it may not call.</returns>
    internal string? AnswerTo(string? origin) =>
        this == Any ? "*"
        : origin is not null && _listed.Contains(origin) ? origin
        : null;

    // Lower case, without the scheme's own port and without a slash at the end, as RFC 6454 (6.2) serializes an origin.
    private static string AsBrowsersWriteIt(string origin) =>
        new Uri(origin) is var url && url.IsDefaultPort ? $"{url.Scheme}://{Host(url)}" : $"{url.Scheme}://{Host(url)}:{url.Port}";

    private static string Host(Uri url) => url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;
}
