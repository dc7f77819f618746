using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;

namespace Latchkey.Platform.Cluster;

/// <summary>Runs the timetable of all modules; one in the cluster. Key 0.</summary>
internal interface ISweepGrain : IGrainWithIntegerKey
{
    /// <summary>Starts what is due and returns; every node calls it again and again.</summary>
    [OneWay]
    Task PingAsync();
}

internal sealed partial class SweepGrain(Timetable timetable, IServiceProvider services, TimeProvider time, ILogger<SweepGrain> logger)
    : Grain,
        ISweepGrain,
        IDisposable
{
    // Deactivation waits this long for work to notice that it is cancelled.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly Dictionary<ScheduledWork, Run> _runs = [];
    private readonly CancellationTokenSource _ending = new();

    public Task PingAsync()
    {
        var now = time.GetUtcNow();

        foreach (var work in timetable.Works)
        {
            if (_runs.TryGetValue(work, out var last) && (!last.Task.IsCompleted || last.StartedAt + work.Every > now))
                continue;

            // Beside the grain's turn: a slow piece of work holds up nothing but its own next run.
            _runs[work] = new Run(now, Task.Run(() => RunAsync(work, _ending.Token)));
        }

        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _ending.CancelAsync();

        try
        {
            await Task.WhenAll(_runs.Values.Select(run => run.Task)).WaitAsync(Farewell, cancellationToken);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            // It had its time; what it leaves undone is found again by the next sweep.
        }
    }

    public void Dispose() => _ending.Dispose();

    private async Task RunAsync(ScheduledWork work, CancellationToken cancellation)
    {
        try
        {
            await using var scope = services.CreateAsyncScope();
            await work.Run(scope.ServiceProvider, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node stops.
        }
        catch (Exception failure)
        {
            Log.WorkFailed(logger, work.Name, failure);
        }
    }

    private sealed record Run(DateTimeOffset StartedAt, Task Task);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Recurring work {Work} failed; it runs again at its next time")]
        public static partial void WorkFailed(ILogger logger, string work, Exception failure);
    }
}
