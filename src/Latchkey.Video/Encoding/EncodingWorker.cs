using Latchkey.Video.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Latchkey.Video.Encoding;

/// <summary>The node's hands: pulls runs from the queue and does them, a fixed number at once, one more that is kept for segments somebody waits for, and one for the small things.</summary>
internal sealed partial class EncodingWorker(
    IGrainFactory grains,
    EncodeRunner runner,
    EncodingOptions options,
    StorageRoom room,
    IHostApplicationLifetime lifetime,
    ILogger<EncodingWorker> logger
) : BackgroundService
{
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromSeconds(1);

    private bool _pauses;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await StartedAsync(stoppingToken))
        {
            return;
        }

        var slots = Enumerable.Repeat(EncodeSlot.Any, options.Slots).Append(EncodeSlot.Kept).Append(EncodeSlot.Aside);
        await Task.WhenAll(slots.Select(slot => WorkAsync(slot, stoppingToken)));
    }

    private async Task WorkAsync(EncodeSlot slot, CancellationToken stopping)
    {
        var queue = grains.GetGrain<IEncodeQueueGrain>(0);

        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await queue.PullAsync(MayDo(slot), stopping) is { } run)
                {
                    await runner.RunAsync(run, stopping);
                }
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                Log.Failed(logger, error);
                await Task.Delay(PauseAfterError, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Without room, only what a viewer waits for is made. A pull ends after a while, so that what pauses goes on when there is room.</summary>
    private EncodeSlot MayDo(EncodeSlot slot)
    {
        var isShort = room.IsShort;

        if (Interlocked.Exchange(ref _pauses, isShort) != isShort)
        {
            if (isShort)
            {
                Log.Pauses(logger);
            }
            else
            {
                Log.GoesOn(logger);
            }
        }

        return isShort ? EncodeSlot.Kept : slot;
    }

    /// <summary>The cluster answers only once the whole host has started.</summary>
    private async Task<bool> StartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource();
        await using var onStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        await using var onStopping = stopping.Register(() => started.TrySetCanceled(stopping));
        await started.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stopping.IsCancellationRequested;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "An encoding slot failed; it goes on")]
        public static partial void Failed(ILogger logger, Exception error);

        [LoggerMessage(LogLevel.Warning, "Less disk is free than VIDEO_MIN_FREE_DISK: background encoding pauses, and uploads are refused")]
        public static partial void Pauses(ILogger logger);

        [LoggerMessage(LogLevel.Warning, "There is room again: encoding goes on")]
        public static partial void GoesOn(ILogger logger);
    }
}
