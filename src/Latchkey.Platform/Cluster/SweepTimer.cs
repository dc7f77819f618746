using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Latchkey.Platform.Cluster;

/// <summary>This node's share in keeping the sweep awake: wherever it lives, and wherever it must start anew after its node died.</summary>
internal sealed partial class SweepTimer(
    IGrainFactory grains,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<SweepTimer> logger
) : BackgroundService
{
    private static readonly TimeSpan BetweenPings = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken);
            using var timer = new PeriodicTimer(BetweenPings, time);

            do await PingAsync();
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    // Recurring work may use anything, so everything has started before the first run.
    private async Task StartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stopping);
    }

    private async Task PingAsync()
    {
        try
        {
            await grains.GetGrain<ISweepGrain>(0).PingAsync();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.NotPinged(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The sweep could not be reached")]
        public static partial void NotPinged(ILogger logger, Exception failure);
    }
}
