using System.Text.RegularExpressions;

namespace Latchkey.Generation.Providers;

/// <summary>Failures that every vendor has.</summary>
internal static partial class VendorFailures
{
    private const int LongestMessage = 300;

    private static readonly string[] PolicyWords =
    [
        "content polic",
        "content_policy",
        "policy violation",
        "violating",
        "moderation",
        "safety system",
        "sensitive content",
        "unsafe",
        "nsfw",
        "prohibited",
    ];

    public static readonly ProviderFailure NotReached = new(FailureKind.Vendor, "upstream_unavailable", "The provider cannot be reached.");

    public static readonly ProviderFailure BadKey = new(
        FailureKind.Account,
        "upstream_permission",
        "The provider does not accept this server's key."
    );

    public static readonly ProviderFailure NoMoney = new(
        FailureKind.Account,
        "upstream_insufficient",
        "This server's account at the provider has no credits left."
    );

    public static readonly ProviderFailure ContentPolicy = new(
        FailureKind.Order,
        "content_policy",
        "The provider's rules do not allow this prompt or picture. Change it and try again."
    );

    public static ProviderFailure Busy(TimeSpan? retryAfter) =>
        new(FailureKind.Busy, "upstream_rate_limit", "The provider is busy.", retryAfter);

    public static bool IsContentPolicy(string? message) =>
        message is not null && PolicyWords.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>A vendor's sentence, fit for a caller: no addresses, which may hold secrets, and no keys.</summary>
    public static string? Clean(string? message)
    {
        if (string.IsNullOrWhiteSpace(message))
            return null;

        var clean = Secret().Replace(Address().Replace(message, "[address]"), "[key]").Trim();
        return clean.Length <= LongestMessage ? clean : clean[..LongestMessage];
    }

    [GeneratedRegex(@"\b[a-z][a-z0-9+.-]*://\S+", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    [GeneratedRegex(@"\b[A-Za-z0-9_-]{32,}\b|\bsk-\S+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Secret();
}
