using System.Diagnostics;
using System.Globalization;

namespace Latchkey.Bench.Generation;

/// <summary>Generation jobs in flight at a vendor that does nothing, beside the same requests and commits without Latchkey.</summary>
internal static class GenerationRows
{
    private const int WarmingUp = 300;
    private const int Samples = 1000;
    private const double MostAdded = 0.005;
    private const double MostKilobytes = 10;

    /// <summary>With fewer jobs the garbage of a moment weighs more than they do.</summary>
    private const int EnoughToWeigh = 10_000;

    /// <summary>Longer than the longest wait between two looks at a task.</summary>
    private static readonly TimeSpan UntilAllAreDue = TimeSpan.FromSeconds(35);

    public static IEnumerable<(string Name, Func<Task<IReadOnlyList<(string Part, Finding Finding)>>> Row)> All(
        string root,
        string folder,
        bool full
    )
    {
        int[] counts = full ? [1_000, 10_000] : [1_000];

        foreach (var count in counts)
            yield return (Invariant($"generation, {count} jobs in flight"), () => MeasureAsync(root, folder, count));
    }

    private static async Task<IReadOnlyList<(string, Finding)>> MeasureAsync(string root, string folder, int count)
    {
        await using var flight = await Flight.StartAsync(root, folder);
        using var raw = new RawEngine(flight.Vendor);
        var latencies = new Latencies(flight, raw);
        await latencies.MeasureAsync("warming up", WarmingUp);
        latencies.Forget();
        var idle = flight.Server.Memory;
        var filled = await flight.FillAsync("waiting", count);

        // Until the first, frequent looks are over, and each job waits its longest.
        await Task.Delay(UntilAllAreDue);
        var (memory, queries, cpu, began) = (
            flight.Server.Memory,
            flight.Vendor.Queries,
            flight.Server.CpuSeconds,
            Stopwatch.GetTimestamp()
        );
        await latencies.MeasureAsync("measured", Samples);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var busy = (flight.Server.CpuSeconds - cpu) / seconds;
        var looks = (flight.Vendor.Queries - queries) / seconds;
        var polls = await PollsAsync(flight, raw, count);
        var landed = await flight.LandAsync();
        var (once, credits) = await flight.AccountAsync();

        return
        [
            .. Times("request to submit", latencies.Submits, "a commit and the same request", latencies.RawSubmits),
            .. Times("callback to row", latencies.Ends, "the same two requests, the file on disk, a commit", latencies.RawEnds),
            ("memory a job", Weight((memory - idle) * 1024 / count, count)),
            ("polls a second, all due after a kill", Rates(polls.Ours, polls.Raw, "polls/s", "the same request and a commit")),
            (
                "looks a second meanwhile",
                Figure(Invariant($"{looks:0}"), Invariant($"{busy * 100:0} % of a core with {Latencies.Rate} orders a second"))
            ),
            ("ordered a second", Figure(Invariant($"{count / filled:0}"), "8 at once")),
            ("ended a second", Figure(Invariant($"{count / landed:0}"), "8 callbacks at once")),
            ("none lost, none sent or paid twice", AllOf(flight.Count, Math.Min(once, credits), Math.Max(once, credits))),
        ];
    }

    /// <summary>All jobs that were in flight when the server was killed are due when it comes back.</summary>
    private static async Task<(double Ours, double Raw)> PollsAsync(Flight flight, RawEngine raw, int count)
    {
        var waiting = flight
            .Vendor.Tasks.Where(task => task.Key.StartsWith("waiting ", StringComparison.Ordinal))
            .Select(task => task.Value)
            .ToList();
        await flight.Server.KillAsync();
        await Task.Delay(UntilAllAreDue);
        var before = waiting.ToDictionary(task => task.Id, task => task.Queries, StringComparer.Ordinal);
        await flight.Server.StartAgainAsync();
        var began = Stopwatch.GetTimestamp();
        await Flight.UntilAsync(() => waiting.TrueForAll(task => task.Queries > before[task.Id]));
        var ours = Stopwatch.GetElapsedTime(began).TotalSeconds;
        began = Stopwatch.GetTimestamp();
        await Flight.ForEachAsync(waiting, raw.PollAsync);

        return (count / ours, count / Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private static IEnumerable<(string, Finding)> Times(string what, List<double> ours, string beside, List<double> theirs) =>
        [
            ($"{what}, p50", Beside(Percentile(ours, 0.5), beside, Percentile(theirs, 0.5), isJudged: false)),
            ($"{what}, p99", Beside(Percentile(ours, 0.99), beside, Percentile(theirs, 0.99), isJudged: true)),
        ];

    /// <summary>The goal is for what we add: how long a disk takes is not ours to say.</summary>
    private static Finding Beside(double ours, string beside, double theirs, bool isJudged) =>
        new(
            Invariant($"{ours * 1000:0.0} ms"),
            beside,
            Invariant($"{theirs * 1000:0.0} ms"),
            ours / theirs,
            isJudged ? Invariant($"≤ 1x + {MostAdded * 1000} ms") : "–",
            !isJudged || ours <= theirs + MostAdded
        );

    private static Finding Weight(double kilobytes, int count) =>
        Finding.Below(kilobytes, "KB", MostKilobytes) is var judged && count >= EnoughToWeigh
            ? judged
            : judged with
            {
                Limit = "–",
                IsReached = true,
            };

    private static Finding Rates(double ours, double theirs, string unit, string beside) =>
        new(Invariant($"{ours:0} {unit}"), beside, Invariant($"{theirs:0} {unit}"), ours / theirs, "–", IsReached: true);

    private static Finding Figure(string figure, string note) => new(figure, "–", note, 1, "–", IsReached: true);

    private static Finding AllOf(int count, int least, int most) =>
        new(Invariant($"{least} of {count}"), "–", "–", (double)least / count, "all", least == count && most == count);

    private static double Percentile(List<double> values, double part)
    {
        var sorted = values.Order().ToList();

        return sorted[(int)((sorted.Count - 1) * part)];
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
