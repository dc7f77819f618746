namespace Latchkey.Platform.Settings;

/// <summary>Reads the lines of one <c>.env</c>: <c>KEY=value</c>, comments, <c>export</c>; forgiving, but never silently.</summary>
internal sealed class EnvironmentFileReader(string path, string[] lines, List<SettingsProblem> problems)
{
    private const string Export = "export ";

    // Straight quotes, and those that word processors and chat programs put in their place.
    private const string OpeningQuotes = "\"'`“„«‘";
    private const string ClosingQuotes = "\"'`””»’";

    private readonly List<EnvironmentEntry> _entries = [];
    private int _next;

    public IReadOnlyList<EnvironmentEntry> ReadEntries()
    {
        // Whether the line above was an assignment, so that this one may be the rest of its value.
        var follows = false;

        while (_next < lines.Length)
        {
            var number = _next + 1;
            var line = Visible(lines[_next++]);

            if (line.Length == 0 || line[0] == '#')
            {
                follows = false;
            }
            else
            {
                follows = ReadLine(line, number, follows);
            }
        }

        return _entries;
    }

    private bool ReadLine(string line, int number, bool follows)
    {
        if (line.StartsWith(Export, StringComparison.Ordinal))
        {
            line = line[Export.Length..].TrimStart();
        }

        line = WithoutQuotesAroundAll(line, number);
        var equals = line.IndexOf('=', StringComparison.Ordinal);

        if (equals <= 0 || (follows && IsRestOfValue(line, equals)))
        {
            return ReadOddLine(line, number, follows);
        }

        var name = line[..equals];
        var value = line[(equals + 1)..];
        var hasSpaces = name != name.TrimEnd() || (value.Length > 0 && char.IsWhiteSpace(value[0]) && value.Trim()[0] != '#');
        var bareName = name.Trim();

        if (Unquoted(bareName) is { } unquotedName)
        {
            bareName = unquotedName.Trim();
            Warn(number, bareName, new("has quotes around its name: taken off", "имя стоит в кавычках: они убраны"));
        }

        if (hasSpaces)
        {
            Warn(number, bareName, new("has spaces around the = sign: taken off", "пробелы вокруг знака =: они убраны"));
        }

        AddValue(bareName, value.Trim(), number);
        return true;
    }

    /// <summary>A line that assigns nothing: the rest of a value that was broken over lines, or a slip.</summary>
    private bool ReadOddLine(string line, int number, bool follows)
    {
        if (follows)
        {
            MarkBroken();
            return true;
        }

        var colon = line.IndexOf(':', StringComparison.Ordinal);

        if (colon > 0 && LooksLikeName(line[..colon].Trim()))
        {
            Warn(
                number,
                line[..colon].Trim(),
                new(
                    "is followed by a colon and ignored: write KEY=value",
                    "после имени стоит двоеточие, строка пропущена: пишите KEY=value"
                )
            );
        }
        else
        {
            Warn(number, null, new("this is not KEY=value, and is ignored", "это не KEY=value, строка пропущена"));
        }

        return false;
    }

    private void AddValue(string name, string value, int number)
    {
        var quote = value.Length > 0 ? OpeningQuotes.IndexOf(value[0], StringComparison.Ordinal) : -1;
        var broken = false;

        if (quote >= 0)
        {
            (value, broken) = ReadQuoted(name, value, quote, number);
        }
        else
        {
            value = WithoutComment(value);
            broken = value.EndsWith('\\');
        }

        if (_entries.FindIndex(entry => entry.Name == name) is >= 0 and var earlier)
        {
            Warn(
                number,
                name,
                new(
                    $"stands here again: this line counts, not line {_entries[earlier].Line}",
                    $"повторяется: действует эта строка, а не строка {_entries[earlier].Line}"
                )
            );
            _entries.RemoveAt(earlier);
        }

        _entries.Add(new(name, value, number));

        if (broken)
        {
            MarkBroken();
        }
    }

    private (string Value, bool Broken) ReadQuoted(string name, string value, int quote, int number)
    {
        var close = value.IndexOf(ClosingQuotes[quote], 1);

        if (close < 0)
        {
            SkipToClosingQuote(ClosingQuotes[quote]);
            return (value[1..], true);
        }

        var rest = value[(close + 1)..].TrimStart();

        if (rest.Length > 0 && rest[0] != '#')
        {
            // Such as "a" and "b", or a password that begins with a quote: left as it is.
            Warn(number, name, new("has quotes inside its value: kept", "кавычки внутри значения: оставлены"));
            return (WithoutComment(value), false);
        }

        var inner = value[1..close];
        var text =
            inner == inner.Trim()
                ? new LocalizedText(
                    "has quotes around its value: taken off, none are needed",
                    "значение стоит в кавычках: они убраны, кавычки не нужны"
                )
                : new LocalizedText(
                    "has quotes and spaces around its value: taken off, none are needed",
                    "значение стоит в кавычках и с пробелами: они убраны, кавычки не нужны"
                );
        Warn(number, name, text);
        return (inner.Trim(), false);
    }

    /// <summary>The further lines of a quoted value are not read as settings of their own.</summary>
    private void SkipToClosingQuote(char close)
    {
        for (var i = _next; i < lines.Length; i++)
        {
            var line = Visible(lines[i]);
            var equals = line.IndexOf('=', StringComparison.Ordinal);

            if (equals > 0 && LooksLikeName(line[..equals]))
            {
                return;
            }

            if (line.EndsWith(close))
            {
                _next = i + 1;
                return;
            }
        }
    }

    private void MarkBroken()
    {
        _entries[^1] = _entries[^1] with { Broken = true };
    }

    /// <summary><c>"KEY=value"</c>, all of it in quotes.</summary>
    private string WithoutQuotesAroundAll(string line, int number)
    {
        var equals = line.IndexOf('=', StringComparison.Ordinal);

        if (equals <= 0 || Unquoted(line) is not { } inner || Unquoted(line[..equals].Trim()) is not null || inner.Contains(line[0]))
        {
            return line;
        }

        Warn(number, null, new("has quotes around the whole line: taken off", "вся строка стоит в кавычках: они убраны"));
        return inner.Trim();
    }

    private void Warn(int line, string? name, LocalizedText text) => problems.Add(SettingsProblem.Warning(text, name, path, line));

    private static string? Unquoted(string text)
    {
        if (text.Length < 2)
        {
            return null;
        }

        var quote = OpeningQuotes.IndexOf(text[0], StringComparison.Ordinal);
        return quote >= 0 && text[^1] == ClosingQuotes[quote] ? text[1..^1] : null;
    }

    /// <summary>The padding of Base64 makes the end of a broken key look like an assignment: <c>c2VjcmV0==</c>.</summary>
    private static bool IsRestOfValue(string line, int equals) => line.AsSpan(equals).Trim('=').IsEmpty && !LooksLikeName(line[..equals]);

    private static bool LooksLikeName(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');

    /// <summary>A comment begins at a # after a space, so that a # inside a password stays.</summary>
    private static string WithoutComment(string value)
    {
        if (value.StartsWith('#'))
        {
            return "";
        }

        for (var i = 1; i < value.Length; i++)
        {
            if (value[i] == '#' && char.IsWhiteSpace(value[i - 1]))
            {
                return value[..i].TrimEnd();
            }
        }

        return value;
    }

    /// <summary>Without what can't be seen: spaces at the ends, carriage returns, zero-width characters, a byte order mark.</summary>
    private static string Visible(string line) => line.Replace("\u200B", "").Replace("\u2060", "").Replace("\uFEFF", "").Trim();
}
