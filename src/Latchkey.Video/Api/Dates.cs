using System.Globalization;

namespace Latchkey.Video.Api;

/// <summary>ATOM dates: whole seconds and an offset out, anything the clients really send in.</summary>
internal static class Dates
{
    private const string Atom = "yyyy-MM-dd'T'HH:mm:sszzz";

    private static readonly string[] Accepted =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mm:ssK",
    ];

    public static string Write(DateTimeOffset date) => date.ToUniversalTime().ToString(Atom, CultureInfo.InvariantCulture);

    public static bool TryRead(string? text, out DateTimeOffset date)
    {
        date = default;

        if (text is null)
            return false;

        // The C# client appends a T to dates in queries; a + that was not escaped there arrives as a space.
        text = text.Trim().TrimEnd('T', 't');

        if (text.Length > 6 && text[^6] == ' ' && text[^3] == ':')
            text = $"{text[..^6]}+{text[^5..]}";

        return DateTimeOffset.TryParseExact(
            text,
            Accepted,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out date
        );
    }
}
