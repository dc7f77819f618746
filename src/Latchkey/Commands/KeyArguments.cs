using System.CommandLine.Parsing;
using System.Globalization;
using Latchkey.Platform.Access;

namespace Latchkey.Commands;

/// <summary>Reads what people write behind <c>keys create</c>'s options.</summary>
internal static class KeyArguments
{
    private const int LongestDays = 36500;

    public static string ScopeNames { get; } =
        string.Join(", ", Enum.GetValues<KeyScopes>().Where(scope => scope != KeyScopes.None).Select(Name));

    /// <summary>Such as <c>video,app</c>.</summary>
    public static string Names(KeyScopes scopes) =>
        string.Join(",", Enum.GetValues<KeyScopes>().Where(scope => scope != KeyScopes.None && scopes.HasFlag(scope)).Select(Name));

    public static KeyScopes ParseScopes(ArgumentResult argument)
    {
        var words = argument.Tokens.SelectMany(token =>
            token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        );
        var scopes = KeyScopes.None;

        foreach (var word in words)
        {
            // Numbers parse as enums too, and mean nothing to people.
            if (!char.IsAsciiLetter(word[0]) || !Enum.TryParse<KeyScopes>(word, ignoreCase: true, out var scope) || scope == KeyScopes.None)
            {
                argument.AddError($"There is no scope '{word}'; there are: {ScopeNames}.");
                return KeyScopes.None;
            }

            scopes |= scope;
        }

        if (scopes == KeyScopes.None)
            argument.AddError($"--scopes needs at least one of: {ScopeNames}.");

        return scopes;
    }

    public static DateTimeOffset? ParseExpiry(ArgumentResult argument)
    {
        var now = TimeProvider.System.GetUtcNow();
        var text = argument.Tokens[0].Value.Trim();

        if (ReadExpiry(text, now) is not { } expiry)
        {
            argument.AddError($"'{text}' is no time: write 90d, 12h, or a date such as 2030-12-31.");
            return null;
        }

        if (expiry <= now)
            argument.AddError($"'{text}' is in the past: the key would never work.");

        return expiry;
    }

    private static DateTimeOffset? ReadExpiry(string text, DateTimeOffset now)
    {
        if (
            text.Length > 1
            && text[^1] is 'd' or 'h'
            && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count <= LongestDays
        )
            return now + (text[^1] == 'd' ? TimeSpan.FromDays(count) : TimeSpan.FromHours(count));

        return
            char.IsAsciiDigit(text.FirstOrDefault())
            && DateTimeOffset.TryParseExact(
                text,
                ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var moment
            )
            ? moment
            : null;
    }

    private static string Name(KeyScopes scope) => scope.ToString().ToLowerInvariant();
}
