using System.Globalization;
using Latchkey.Video.Encoding.Index;

namespace Latchkey.Video.Encoding;

/// <summary>How a sound is offered to the viewer.</summary>
/// <param name="Language">A BCP 47 tag; <c>null</c> when the source does not tell, or what it tells is none.</param>
/// <param name="Name">Unlike that of any other sound of the video.</param>
internal sealed record AudioLabel(string? Language, string Name)
{
    private const int LongestName = 100;

    /// <summary>ISO 639-2 has two codes for these; containers use the older one, and everybody else the other.</summary>
    private static readonly Dictionary<string, string> Bibliographic = new(StringComparer.Ordinal)
    {
        ["alb"] = "sq",
        ["arm"] = "hy",
        ["baq"] = "eu",
        ["bur"] = "my",
        ["chi"] = "zh",
        ["cze"] = "cs",
        ["dut"] = "nl",
        ["fre"] = "fr",
        ["geo"] = "ka",
        ["ger"] = "de",
        ["gre"] = "el",
        ["ice"] = "is",
        ["mac"] = "mk",
        ["mao"] = "mi",
        ["may"] = "ms",
        ["per"] = "fa",
        ["rum"] = "ro",
        ["slo"] = "sk",
        ["tib"] = "bo",
        ["wel"] = "cy",
    };

    public static IReadOnlyList<AudioLabel> Of(IReadOnlyList<AudioIndex> sounds)
    {
        var labels = new List<AudioLabel>();
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

        foreach (var sound in sounds)
        {
            var language = Tag(sound.Language);
            var wanted = Clean(sound.Title) ?? NameOf(language) ?? AudioRendition.FolderName;
            var name = wanted;

            for (var number = 2; !taken.Add(name); number++)
            {
                name = string.Create(CultureInfo.InvariantCulture, $"{wanted} {number}");
            }

            labels.Add(new AudioLabel(language, name));
        }

        return labels;
    }

    /// <summary>The shortest code there is (RFC 5646 §2.2.1).</summary>
    private static string? Tag(string? language)
    {
        var tag = (language ?? "").ToLowerInvariant().Replace('_', '-');
        var primary = tag.Split('-')[0];

        if (primary is "" or "und" or "mul" or "zxx" or "mis" || primary.Length > 3 || !tag.All(IsOfTag))
        {
            return null;
        }

        var shortest = Bibliographic.GetValueOrDefault(primary) ?? CultureOf(primary)?.TwoLetterISOLanguageName ?? primary;
        return shortest + tag[primary.Length..];
    }

    private static bool IsOfTag(char letter) => char.IsAsciiLetterOrDigit(letter) || letter == '-';

    /// <summary>In the language itself, as its speakers look for it.</summary>
    private static string? NameOf(string? tag) =>
        tag is not null && CultureOf(tag) is { } culture ? culture.TextInfo.ToTitleCase(culture.NativeName) : tag;

    private static CultureInfo? CultureOf(string tag)
    {
        try
        {
            return CultureInfo.GetCultureInfo(tag, predefinedOnly: true);
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Without what would end a quoted string in a playlist.</summary>
    private static string? Clean(string? title)
    {
        var clean = string.Concat((title ?? "").Where(letter => letter != '"' && !char.IsControl(letter) && !char.IsSurrogate(letter)))
            .Trim();
        return clean.Length == 0 ? null : clean[..Math.Min(clean.Length, LongestName)];
    }
}
