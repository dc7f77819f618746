using Latchkey.Video.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Latchkey.Video.Encoding;

[Reentrant]
internal sealed partial class EncodingGrain(
    IDbContextFactory<VideoDb> databases,
    EncodingLoader loader,
    EncodingRecorder recorder,
    TimeProvider time,
    ILogger<EncodingGrain> logger
) : Grain, IEncodingGrain, IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterStorageFailure = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A long film begins calmly: who opens it at once and goes far into it shall not share the cores with its background, which opens the same
    /// large index. A second does not count for what takes minutes.
    /// </summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);
    private const double LongFilmSeconds = 600;

    private readonly RunLeases _leases = new(time);
    private readonly SegmentWaiters _waiters = new();
    private readonly CancellationTokenSource _ending = new();
    private RunFailures _failures = new();

    private Task? _loading;
    private Task _saving = Task.CompletedTask;
    private EncodingProgress? _progress;
    private DateTimeOffset _pausedUntil;
    private DateTimeOffset _calmUntil;
    private bool _finishing;
    private bool _stopped;
    private bool _unsaved;

    private string VideoId => this.GetPrimaryKeyString();

    private IEncodeQueueGrain Queue => GrainFactory.GetGrain<IEncodeQueueGrain>(0);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(BeatAsync, new GrainTimerCreationOptions(Beat, Beat) { Interleave = true, KeepAlive = true });
        return Task.CompletedTask;
    }

    public Task StartAsync()
    {
        // The look at the source may take a while: the caller does not wait for it, and the timer keeps the grain alive meanwhile.
        _ = EnsureLoadedAsync();
        return Task.CompletedTask;
    }

    public async Task PlanAgainAsync()
    {
        if (_stopped || _loading is { IsCompleted: false })
        {
            return;
        }

        _progress = null;
        _leases.EndAll();
        _waiters.SendAllAway();

        // What is being written still tells of the old plan's renditions.
        await _saving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        (_loading, _failures) = (null, new RunFailures());
        _ = EnsureLoadedAsync();
    }

    public async Task StopAsync()
    {
        _stopped = true;
        await _ending.CancelAsync();
        _progress = null;
        _leases.EndAll();
        _waiters.SendAllAway();
        await Queue.WithdrawAsync(VideoId);
        await MoveAsync(row => row.Stop(time.GetUtcNow()));
        DeactivateOnIdle();
    }

    public async Task<EncodeClaim> ClaimAsync(EncodeSlot slot)
    {
        await EnsureLoadedAsync();

        if (_progress is null || time.GetUtcNow() < _pausedUntil)
        {
            return new EncodeClaim(null, OpenWork.None);
        }

        var run = _progress.Claim(VideoId, slot);

        if (run is not null)
        {
            _leases.Renew(run.Id);
        }

        return new EncodeClaim(run, _progress.Open);
    }

    public async Task<bool> RenewAsync(EncodeRun run)
    {
        await EnsureLoadedAsync();

        if (_progress is null || _progress.Plan.Version != run.Version)
        {
            return false;
        }

        // A run that this activation does not know was given out by one before it: the node that does it goes on.
        _progress.Resume(run);
        _leases.Renew(run.Id);
        return true;
    }

    public async Task<bool> ReportSegmentAsync(EncodeRun run, string rendition, int? segment)
    {
        if (!await RenewAsync(run) || _progress is null)
        {
            return false;
        }

        _waiters.TellMade(rendition, segment: null);

        if (segment is not { } number)
        {
            return true;
        }

        var completed = _progress.MarkMade(rendition, number);
        _unsaved = true;
        _waiters.TellMade(rendition, number);

        if (completed)
        {
            await SaveProgressAsync();
        }

        if (number == 0)
        {
            // What waited for the first picture may begin.
            await OfferAsync();
        }

        return true;
    }

    public async Task EndRunAsync(EncodeRun run, EncodeFailure? failure)
    {
        await EnsureLoadedAsync();
        _leases.End(run.Id);

        if (_progress is null || _progress.Release(run.Id) is null)
        {
            return;
        }

        if (failure is null)
        {
            _progress.MarkDone(run.Kind);
        }
        else if (failure.Passes)
        {
            Log.Paused(logger, VideoId, failure.Reason);
            _pausedUntil = time.GetUtcNow() + PauseAfterStorageFailure;
        }
        else
        {
            CountFailure(run, failure.Reason);
        }

        await SaveProgressAsync();
        await OfferAsync();
    }

    public async Task<bool> WaitForSegmentAsync(int version, string rendition, int? segment, CancellationToken cancellation)
    {
        var number = segment ?? 0;
        await EnsureLoadedAsync();

        if (_progress is null && !_stopped && await loader.ReopenAsync(VideoId, version))
        {
            (_loading, _failures) = (null, new RunFailures());
            await EnsureLoadedAsync();
        }

        if (_progress is null || _progress.Plan.Version != version || _progress.Failed.ContainsKey(rendition))
        {
            return false;
        }

        if (_progress.IsMade(rendition, number))
        {
            if (await loader.IsStoredAsync(VideoId, _progress.Plan.Version, rendition, number))
            {
                return true;
            }

            // Lost is made again.
            _progress.MarkLost(rendition, number);
        }

        var made = _waiters.WaitAsync(rendition, segment, cancellation);

        if (segment is null)
        {
            _progress.WantInit(rendition);
        }
        else
        {
            _progress.Want(rendition, number);
        }

        await OfferAsync();

        return await made;
    }

    public void Dispose() => _ending.Dispose();

    private Task EnsureLoadedAsync()
    {
        if (_loading is null || _loading.IsFaulted)
        {
            _loading = LoadAsync();
        }

        return _loading;
    }

    private async Task LoadAsync()
    {
        try
        {
            _progress = await loader.LoadAsync(VideoId, _ending.Token);
        }
        catch (OperationCanceledException) when (_stopped)
        {
            return;
        }
        catch (Exception error)
        {
            // The sweep, or the next call, tries again.
            Log.NotLoaded(logger, error, VideoId);
            throw;
        }

        if (_progress is null || _stopped)
        {
            _progress = null;
            DeactivateOnIdle();
            return;
        }

        _progress.IsCalm = _progress.Plan.DurationSeconds > LongFilmSeconds;
        _calmUntil = time.GetUtcNow() + Calm;
        await SaveProgressAsync();
        await OfferAsync();
    }

    private void CountFailure(EncodeRun run, string reason)
    {
        Log.RunFailed(logger, VideoId, run.Kind, run.From, run.To, reason);
        _progress!.Separate(run.Renditions);

        if (_failures.Count(run, _progress, reason) is { Count: > 0 } given)
        {
            Log.GivenUp(logger, VideoId, string.Join(", ", given), reason);
            _progress.Abandon(run with { Renditions = given }, reason);
            _waiters.SendAway(given);
        }
    }

    private async Task OfferAsync()
    {
        if (_progress is null)
        {
            return;
        }

        if (_progress.Open is { IsNone: false } open)
        {
            await Queue.OfferAsync(VideoId, open);
        }
        else if (_progress.IsFinished && !_finishing)
        {
            _finishing = true;

            try
            {
                await FinishAsync();
            }
            finally
            {
                // If it could not be written, the next beat tries again.
                _finishing = false;
            }
        }
    }

    private async Task FinishAsync()
    {
        await SaveProgressAsync();

        if (_progress is not { } progress)
        {
            return;
        }

        var playable = progress.Plan.Video.Any(rendition => !progress.Failed.ContainsKey(rendition.Name));
        var reason =
            progress.Plan.Video.Select(rendition => progress.Failed.GetValueOrDefault(rendition.Name)).OfType<string>().FirstOrDefault()
            ?? "unknown";

        await MoveAsync(row =>
        {
            if (row.State == EncodingState.Waiting)
            {
                // Another plan was asked for meanwhile; the sweep brings it.
                return;
            }

            if (playable)
            {
                row.Finish(time.GetUtcNow());
            }
            else
            {
                row.Fail(reason, time.GetUtcNow());
            }
        });

        Log.Finished(logger, VideoId, playable);
        _progress = null;
        await Queue.WithdrawAsync(VideoId);
        DeactivateOnIdle();
    }

    /// <summary>One at a time: two that find the same rendition complete would tell of it twice.</summary>
    private Task SaveProgressAsync() => _saving = SaveAfterAsync(_saving);

    private async Task SaveAfterAsync(Task earlier)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        if (_progress is not { } progress)
        {
            return;
        }

        try
        {
            _unsaved = false;
            await using var db = await databases.CreateDbContextAsync();
            await recorder.SaveAsync(db, VideoId, progress);
        }
        catch
        {
            // The next beat tries again.
            _unsaved = true;
            throw;
        }
    }

    private async Task BeatAsync(CancellationToken cancellation)
    {
        foreach (var (run, until) in _leases.TakeLost())
        {
            Log.LeaseLost(logger, VideoId, run, until);
            _progress?.Release(run);
        }

        if (time.GetUtcNow() < _pausedUntil)
        {
            return;
        }

        if (_progress is { } progress && time.GetUtcNow() >= _calmUntil)
        {
            progress.IsCalm = false;
        }

        try
        {
            if (_unsaved)
            {
                await SaveProgressAsync();
            }

            await OfferAsync();
        }
        catch (Exception error) when (PassingFailure.Is(error))
        {
            // The rows wait; what is made is safe in the store.
            Log.NotSaved(logger, error, VideoId);
            _pausedUntil = time.GetUtcNow() + PauseAfterStorageFailure;
        }
    }

    private async Task MoveAsync(Action<VideoEncoding> move)
    {
        if (!await loader.MoveAsync(VideoId, move))
        {
            DeactivateOnIdle();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The encoding of video {VideoId} cannot be read")]
        public static partial void NotLoaded(ILogger logger, Exception error, string videoId);

        [LoggerMessage(LogLevel.Warning, "Video {VideoId}: {Kind} run of segments {From} to {To} failed ({Reason})")]
        public static partial void RunFailed(ILogger logger, string videoId, EncodeRunKind kind, int from, int to, string reason);

        [LoggerMessage(LogLevel.Warning, "Video {VideoId}: {Names} is given up ({Reason})")]
        public static partial void GivenUp(ILogger logger, string videoId, string names, string reason);

        [LoggerMessage(LogLevel.Warning, "Video {VideoId}: encoding pauses ({Reason})")]
        public static partial void Paused(ILogger logger, string videoId, string reason);

        [LoggerMessage(LogLevel.Warning, "Video {VideoId}: encoding pauses, since its rows cannot be written")]
        public static partial void NotSaved(ILogger logger, Exception error, string videoId);

        [LoggerMessage(LogLevel.Warning, "Video {VideoId}: run {Run} gave no sign of life since {Until}")]
        public static partial void LeaseLost(ILogger logger, string videoId, Guid run, DateTimeOffset until);

        [LoggerMessage(LogLevel.Information, "Video {VideoId} is encoded (playable: {Playable})")]
        public static partial void Finished(ILogger logger, string videoId, bool playable);
    }
}
