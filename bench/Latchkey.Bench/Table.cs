using System.Globalization;
using System.Text;

namespace Latchkey.Bench;

/// <summary>What a row found out: our figure, the raw engine's, and what is to be reached.</summary>
/// <param name="Beside">What the raw engine did.</param>
/// <param name="Limit">The goal in words, such as <c>≤ 1.5x + 150 ms</c>.</param>
internal sealed record Finding(string Ours, string Beside, string Raw, double Ratio, string Limit, bool IsReached)
{
    /// <summary>Times in seconds, of which less is better.</summary>
    public static Finding Times(IReadOnlyList<double> ours, IReadOnlyList<double> raw, string beside, double? factor, double extra = 0)
    {
        var (mine, theirs) = (Statistics.Median(ours), Statistics.Median(raw));

        return new Finding(
            Statistics.Describe(ours),
            beside,
            Statistics.Describe(raw),
            mine / theirs,
            Goal(factor, extra),
            factor is null || mine <= (theirs * factor) + extra
        );
    }

    /// <summary>
    /// The same for measurements that were made in turns. Each is judged beside its neighbour, so that a machine that becomes slower meanwhile
    /// does not weigh on one side.
    /// </summary>
    /// <param name="factor"><c>null</c> where there is no goal.</param>
    public static Finding Pairs(IReadOnlyList<double> ours, IReadOnlyList<double> raw, string beside, double? factor, double extra = 0) =>
        new(
            Statistics.Describe(ours),
            beside,
            Statistics.Describe(raw),
            Statistics.Median([.. ours.Zip(raw, (mine, theirs) => mine / theirs)]),
            Goal(factor, extra),
            factor is null || Statistics.Median([.. ours.Zip(raw, (mine, theirs) => mine - (theirs * factor.Value))]) <= extra
        );

    /// <summary>Rates, of which more is better, measured in turns.</summary>
    public static Finding Rates(IReadOnlyList<double> ours, IReadOnlyList<double> raw, string unit, string beside, double factor)
    {
        var ratio = Statistics.Median([.. ours.Zip(raw, (mine, theirs) => mine / theirs)]);

        return new Finding(
            Invariant($"{Statistics.Median(ours):0} {unit}"),
            beside,
            Invariant($"{Statistics.Median(raw):0} {unit}"),
            ratio,
            Invariant($"≥ {factor}x"),
            ratio >= factor
        );
    }

    /// <summary>A figure that has no raw engine, only a limit.</summary>
    public static Finding Below(double figure, string unit, double most) =>
        new(Invariant($"{figure:0.0} {unit}"), "–", "–", figure / most, Invariant($"< {most} {unit}"), figure < most);

    /// <summary>The same of several times.</summary>
    public static Finding Below(IReadOnlyList<double> seconds, double most) =>
        Below(Statistics.Median(seconds), "s", most) with
        {
            Ours = Statistics.Describe(seconds),
        };

    private static string Goal(double? factor, double extra) =>
        factor is null ? "–"
        : extra > 0 ? Invariant($"≤ {factor}x + {extra * 1000:0} ms")
        : Invariant($"≤ {factor}x");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The one table that a run prints, as Markdown.</summary>
internal sealed class Table
{
    private readonly List<(string Name, Finding Finding)> _rows = [];

    public bool IsReached => _rows.TrueForAll(row => row.Finding.IsReached);

    public void Add(string name, IEnumerable<(string Part, Finding Finding)> findings) =>
        _rows.AddRange(findings.Select(finding => (finding.Part.Length > 0 ? $"{name}: {finding.Part}" : name, finding.Finding)));

    public override string ToString()
    {
        var text = new StringBuilder("| row | Latchkey | beside | its figure | ratio | to reach | |\n|---|---|---|---|---|---|---|\n");

        foreach (var (name, finding) in _rows)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {name} | {finding.Ours} | {finding.Beside} | {finding.Raw} | {finding.Ratio:0.00}x | {finding.Limit} | {(finding.IsReached ? "yes" : "NO")} |\n"
            );
        }

        return text.ToString();
    }
}

internal static class Statistics
{
    public static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>Seconds: the median, and the extremes when there is more than one.</summary>
    public static string Describe(IReadOnlyList<double> seconds) =>
        seconds.Count == 1 ? Time(seconds[0]) : $"{Time(Median(seconds))} ({Time(seconds.Min())}–{Time(seconds.Max())})";

    private static string Time(double seconds) =>
        seconds < 10
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");
}
