using System.Text;

namespace Latchkey.Platform.Settings;

/// <summary>
/// What stands in a <c>.env</c>: the entries, and the slips that people make when they write one. Each slip is named with its
/// line, and none of the messages holds a value, which may be a secret.
/// </summary>
internal sealed record EnvironmentFile(
    string Path,
    DateTimeOffset ChangedAt,
    IReadOnlyList<EnvironmentEntry> Entries,
    IReadOnlyList<SettingsProblem> Problems
)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static EnvironmentFile Read(string path)
    {
        var changedAt = new DateTimeOffset(File.GetLastWriteTimeUtc(path));
        return Parse(path, changedAt, File.ReadAllBytes(path));
    }

    public static EnvironmentFile Parse(string path, DateTimeOffset changedAt, ReadOnlySpan<byte> content)
    {
        var problems = new List<SettingsProblem>();
        var lines = Decode(path, content, problems).Split('\n');
        var reader = new EnvironmentFileReader(path, lines, problems);

        return new(path, changedAt, reader.ReadEntries(), problems);
    }

    private static string Decode(string path, ReadOnlySpan<byte> content, List<SettingsProblem> problems)
    {
        // What Windows' Notepad calls "Unicode".
        if (content.StartsWith(Encoding.Unicode.Preamble) || content.StartsWith(Encoding.BigEndianUnicode.Preamble))
        {
            var unicode = content.StartsWith(Encoding.Unicode.Preamble) ? Encoding.Unicode : Encoding.BigEndianUnicode;
            problems.Add(
                SettingsProblem.Warning(
                    new("the file is UTF-16; save it as UTF-8", "файл в кодировке UTF-16; сохраните его в UTF-8"),
                    file: path
                )
            );
            return unicode.GetString(content[2..]);
        }

        if (content.StartsWith(Encoding.UTF8.Preamble))
        {
            content = content[Encoding.UTF8.Preamble.Length..];
        }

        try
        {
            return StrictUtf8.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            problems.Add(
                SettingsProblem.Warning(
                    new(
                        "the file is not UTF-8 (an older Windows encoding?); save it as UTF-8",
                        "файл не в UTF-8 (старая кодировка Windows?); сохраните его в UTF-8"
                    ),
                    file: path
                )
            );
            // Latin-1 keeps every ASCII byte, and with them all names and keys.
            return Encoding.Latin1.GetString(content);
        }
    }
}

/// <param name="Line">The line that it begins on, from 1.</param>
/// <param name="Broken">The value goes on over further lines, so that it can't be trusted.</param>
internal sealed record EnvironmentEntry(string Name, string Value, int Line, bool Broken = false);
