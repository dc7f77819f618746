using System.Globalization;

namespace Latchkey.Vpn.Import;

/// <summary>A row of another program's table. SQLite keeps whatever was put into a column, so each value is read as what it looks like.</summary>
internal sealed class ForeignRow(IReadOnlyDictionary<string, object> values)
{
    // Seconds up to here are the year 5138; above, they are milliseconds.
    private const long MostSeconds = 100_000_000_000;

    public string? Text(string column) =>
        values.TryGetValue(column, out var value) ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    public long? Number(string column) =>
        values.TryGetValue(column, out var value)
            ? value switch
            {
                long number => number,
                double number when Math.Abs(number) < long.MaxValue => (long)number,
                string text when long.TryParse(text, CultureInfo.InvariantCulture, out var number) => number,
                _ => null,
            }
            : null;

    /// <summary>What is not said is not so.</summary>
    public bool Flag(string column) => Number(column) is { } number ? number != 0 : bool.TryParse(Text(column), out var flag) && flag;

    /// <summary>Unix seconds or milliseconds, or a date in UTC; nothing, zero and what cannot be read are no time.</summary>
    public DateTimeOffset? Time(string column) =>
        Number(column) is { } number ? TimeOf(number)
        : DateTimeOffset.TryParse(
            Text(column),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
        : null;

    public static DateTimeOffset? TimeOf(long number) =>
        number <= 0 ? null
        : number < MostSeconds ? DateTimeOffset.FromUnixTimeSeconds(number)
        : number <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(number)
        : null;
}
