using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Latchkey.Vpn.Core;

/// <summary>What a core writes, as it may stand in a log: no keys in it, and no one's visits at a level that is usually on.</summary>
internal static partial class CoreOutput
{
    private const int LongestText = 1000;
    private const string Hidden = "…";

    /// <summary>UUIDs of users, keys of REALITY, and whatever stands behind the name of a secret.</summary>
    public static string WithoutSecrets(string text)
    {
        var open = NamedSecret().Replace(Key().Replace(Uuid().Replace(text, Hidden), Hidden), "${name}" + Hidden);

        return open.Length > LongestText ? open[..LongestText] + Hidden : open;
    }

    /// <summary>A line of a running core, and how important it is.</summary>
    public static (LogLevel Level, string Text) Read(string line)
    {
        var text = WithoutSecrets(Time().Replace(line, ""));

        // Where users go is nobody's business.
        if (Visit().IsMatch(text))
            return (LogLevel.Debug, text);

        var isBad =
            text.Contains("[Error]", StringComparison.Ordinal)
            || text.Contains("[Warning]", StringComparison.Ordinal)
            || text.StartsWith("Failed to", StringComparison.Ordinal)
            || text.StartsWith("panic:", StringComparison.Ordinal);

        // Both kinds of core greet at the level of warnings.
        return (isBad && !text.EndsWith(" started", StringComparison.Ordinal) ? LogLevel.Warning : LogLevel.Information, text);
    }

    [GeneratedRegex(@"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Uuid();

    [GeneratedRegex(@"(?<![\w/.-])[A-Za-z0-9_-]{43}=?(?![\w/-])", RegexOptions.None, 1000)]
    private static partial Regex Key();

    [GeneratedRegex(
        @"(?<name>""?(private_?key|password|secret|seed)""?\s*[:=]\s*""?)[^\s"",}\]]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex NamedSecret();

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(\.\d+)? ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Time();

    [GeneratedRegex(@"\b(accepted|rejected)\b.*\b(tcp|udp):|\bemail: ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Visit();
}
