using System.Diagnostics;

namespace Latchkey.Bench.Generation;

/// <summary>
/// What a job costs in time while many others are in flight: orders come at a steady rate, whether or not those before are answered, and between
/// two of them the raw engine does the same.
/// </summary>
internal sealed class Latencies(Flight flight, RawEngine raw)
{
    /// <summary>Orders a second. As many tasks end, so that the number in flight stays.</summary>
    public const int Rate = 20;

    private static readonly TimeSpan BetweenOrders = TimeSpan.FromSeconds(1.0 / Rate);
    private static readonly TimeSpan ShortestTask = TimeSpan.FromMilliseconds(300);

    private readonly Lock _lock = new();

    /// <summary>Seconds from a request's first byte until the vendor has the task.</summary>
    public List<double> Submits { get; } = [];

    /// <summary>Seconds from a callback's first byte until who follows the job is told that it is completed, without the vendor's own.</summary>
    public List<double> Ends { get; } = [];

    public List<double> RawSubmits { get; } = [];

    public List<double> RawEnds { get; } = [];

    public async Task MeasureAsync(string name, int samples)
    {
        using var timer = new PeriodicTimer(BetweenOrders / 2);
        var running = new List<Task>();

        for (var half = 0; half < samples * 2; half++)
        {
            await timer.WaitForNextTickAsync();
            running.Add(half % 2 == 0 ? OursAsync($"{name} {half}") : TheirsAsync($"raw {name} {half}"));
        }

        await Task.WhenAll(running);
    }

    public void Forget()
    {
        foreach (var values in new[] { Submits, Ends, RawSubmits, RawEnds })
            values.Clear();
    }

    private async Task OursAsync(string prompt)
    {
        var began = Stopwatch.GetTimestamp();
        var jobId = await flight.OrderAsync(prompt);
        await Flight.UntilAsync(() => flight.Vendor.Tasks.ContainsKey(prompt));
        var task = flight.Vendor.Tasks[prompt];
        Note(Submits, Stopwatch.GetElapsedTime(began, task.ArrivedAt));
        using var events = new StreamReader(await flight.Server.Client.GetStreamAsync($"/api/jobs/{jobId}/events"));
        await WaitAsync();

        began = Stopwatch.GetTimestamp();
        var spent = task.Spent;
        var calling = flight.Vendor.CallBackAsync(task, flight.Server.Address);

        while (await events.ReadLineAsync() is { } line && !line.Contains("\"completed\"", StringComparison.Ordinal))
        {
            // It tells of every move.
        }

        Note(Ends, Stopwatch.GetElapsedTime(began) - (task.Spent - spent));
        await calling;
    }

    private async Task TheirsAsync(string prompt)
    {
        var submit = await raw.SubmitAsync(prompt);
        await WaitAsync();
        var end = await raw.FetchAsync(prompt);
        Note(RawSubmits, TimeSpan.FromSeconds(submit));
        Note(RawEnds, TimeSpan.FromSeconds(end));
    }

    /// <summary>Not so long that the job is polled meanwhile, and never the same, so that ends do not fall on orders.</summary>
    private static Task WaitAsync() => Task.Delay(ShortestTask * (1 + Random.Shared.NextDouble()));

    private void Note(List<double> values, TimeSpan time)
    {
        lock (_lock)
            values.Add(time.TotalSeconds);
    }
}
