using Latchkey.Platform.Settings;

namespace Latchkey.Commands;

/// <summary>Where a command writes to: its language, its width, and whether it shows colours.</summary>
internal sealed class Terminal(TextWriter output, Language language, bool hasColours, int width)
{
    private const int UsualWidth = 100;

    public Language Language { get; } = language;

    /// <summary>Standard output, as the environment wants it.</summary>
    public static Terminal Current() =>
        new(Console.Out, SpokenLanguage(Environment.GetEnvironmentVariable), ShowsColours(), CurrentWidth());

    /// <summary>As the C library decides it: LC_ALL, then LC_MESSAGES, then LANG.</summary>
    public static Language SpokenLanguage(Func<string, string?> variable)
    {
        string?[] named = [variable("LC_ALL"), variable("LC_MESSAGES"), variable("LANG")];
        var locale = Array.Find(named, name => !string.IsNullOrEmpty(name));

        return locale?.StartsWith("ru", StringComparison.OrdinalIgnoreCase) == true ? Language.Russian : Language.English;
    }

    public string Say(LocalizedText text) => text.In(Language);

    public string Say(string english, string russian) => Language == Language.Russian ? russian : english;

    public void Line(string text = "") => output.WriteLine(text);

    /// <summary>A paragraph, broken at the width of the terminal, every line indented.</summary>
    public void Paragraph(string text, int indent, Func<string, string>? style = null)
    {
        var margin = new string(' ', indent);

        foreach (var line in Wrap(text, width - indent))
            Line(margin + (style is null ? line : style(line)));
    }

    public string Bold(string text) => Styled("1", text);

    public string Dim(string text) => Styled("2", text);

    public string Red(string text) => Styled("31", text);

    public string Green(string text) => Styled("32", text);

    public string Yellow(string text) => Styled("33", text);

    private string Styled(string code, string text) => hasColours ? $"\e[{code}m{text}\e[0m" : text;

    private static IEnumerable<string> Wrap(string text, int longest)
    {
        var line = "";

        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > longest)
            {
                yield return line;
                line = word;
            }
            else
                line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }

    /// <summary>https://no-color.org</summary>
    private static bool ShowsColours() =>
        !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>What is piped to another program is not broken: that program may look for whole lines.</summary>
    private static int CurrentWidth()
    {
        if (Console.IsOutputRedirected)
            return int.MaxValue;

        var columns = Console.WindowWidth;
        return columns < UsualWidth / 2 ? UsualWidth : Math.Min(columns, UsualWidth + UsualWidth / 4);
    }
}
