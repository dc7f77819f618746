using Latchkey.Platform.Files;
using Latchkey.Video.Encoding.Storyboards;
using Latchkey.Video.Ffmpeg;
using Latchkey.Video.Storage;
using Microsoft.Extensions.Logging;

namespace Latchkey.Video.Encoding;

/// <summary>Does one run: makes the files, puts them into the store, and tells the video's grain of each.</summary>
internal sealed partial class EncodeRunner(
    IGrainFactory grains,
    PlannedVideos planned,
    InitSegments inits,
    SegmentMaker segments,
    SegmentDelivery delivery,
    Mp4Maker mp4,
    Pictures pictures,
    SheetMaker sheets,
    Previews previews,
    IFileStore files,
    LateFiles late,
    StorageRoom room,
    ILogger<EncodeRunner> logger
)
{
    /// <summary>Deleting a video ends its runs within two of these.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(700);

    public async Task RunAsync(EncodeRun run, CancellationToken stopping)
    {
        var grain = grains.GetGrain<IEncodingGrain>(run.VideoId);

        if (await planned.FindAsync(run.VideoId, run.Version, stopping) is not { } video)
        {
            await grain.EndRunAsync(run, new EncodeFailure("video_gone", Passes: false));
            return;
        }

        using var unwanted = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var beating = BeatAsync(grain, run, unwanted);
        var failure = await TryMakeAsync(run, video, grain, unwanted);

        await unwanted.CancelAsync();
        failure ??= await beating ? null : new EncodeFailure(MediaFailure.StorageFull, Passes: true);

        // A run that the end of the process cut short is not reported: the next start finds what is missing.
        if (!stopping.IsCancellationRequested)
        {
            await grain.EndRunAsync(run, failure);
            await late.RemoveAsync(run.VideoId, stopping);
        }
    }

    private async Task<EncodeFailure?> TryMakeAsync(
        EncodeRun run,
        PlannedVideo video,
        IEncodingGrain grain,
        CancellationTokenSource unwanted
    )
    {
        try
        {
            using var scratch = files.CreateScratch("encode");
            await MakeAsync(run, video, grain, scratch, unwanted);
            return null;
        }
        catch (OperationCanceledException) when (unwanted.IsCancellationRequested)
        {
            return null;
        }
        catch (MediaException error) when (room.IsShort || (error.Reason == MediaFailure.StorageFull && room.MayHaveRunOut))
        {
            // Without room ffmpeg fails in many ways, some of them silent.
            Log.NoRoom(logger, error, run.VideoId, error.Reason);
            return new EncodeFailure(MediaFailure.StorageFull, Passes: true);
        }
        catch (MediaException error)
        {
            Log.MediaFailed(logger, error, run.VideoId, error.Reason);
            return new EncodeFailure(error.Reason, Passes: false);
        }
        catch (Exception error) when (PassingFailure.Is(error))
        {
            Log.StorageFailed(logger, error, run.VideoId);
            return new EncodeFailure("storage_failed", Passes: true);
        }
        catch (Exception error) when (!unwanted.IsCancellationRequested)
        {
            Log.MediaFailed(logger, error, run.VideoId, EncodeFailure.InternalError);
            return new EncodeFailure(EncodeFailure.InternalError, Passes: false);
        }
    }

    private Task MakeAsync(
        EncodeRun run,
        PlannedVideo video,
        IEncodingGrain grain,
        ScratchFolder scratch,
        CancellationTokenSource unwanted
    ) =>
        run.Kind switch
        {
            EncodeRunKind.Poster => MakePosterAsync(video, scratch, unwanted.Token),
            EncodeRunKind.Mp4 => MakeMp4Async(video, scratch, unwanted.Token),
            EncodeRunKind.Storyboard => sheets.MakeAsync(video, scratch, unwanted.Token),
            EncodeRunKind.Preview => MakePreviewAsync(video, scratch, unwanted.Token),
            _ => MakeSegmentsAsync(run, video, grain, scratch, unwanted),
        };

    private async Task MakeSegmentsAsync(
        EncodeRun run,
        PlannedVideo video,
        IEncodingGrain grain,
        ScratchFolder scratch,
        CancellationTokenSource unwanted
    )
    {
        await using var source = await OpenSourceAsync(video, unwanted.Token);
        var priority = run.Priority switch
        {
            EncodePriority.Waited => RunPriority.Waited,
            EncodePriority.First => RunPriority.First,
            _ => RunPriority.Background,
        };
        var request = new RunRequest(run.Renditions, run.From, run.To, priority)
        {
            KnownInits = await inits.ReadAsync(video, run.Renditions),
            Joins = run.Joins,
        };

        await segments.MakeAsync(video.Plan, InputOf(video, source), request, scratch, PublishAsync, unwanted.Token);

        async ValueTask PublishAsync(MadeSegment made)
        {
            await files.PublishAsync(made.Path, VideoFiles.Of(video, made), unwanted.Token);

            if (!await grain.ReportSegmentAsync(run, made.Rendition, made.Number))
            {
                await unwanted.CancelAsync();
            }
        }
    }

    private async Task MakePosterAsync(PlannedVideo video, ScratchFolder scratch, CancellationToken cancellation)
    {
        await using var source = await OpenSourceAsync(video, cancellation);
        var picture = scratch.File("poster.jpg");

        await pictures.AutomaticAsync(video.Plan, InputOf(video, source), scratch, picture, cancellation);
        await files.PublishAsync(picture, VideoFiles.AutomaticPoster(video.VideoId, video.Plan.Version), cancellation);
    }

    private async Task MakePreviewAsync(PlannedVideo video, ScratchFolder scratch, CancellationToken cancellation)
    {
        await using var source = await OpenSourceAsync(video, cancellation);
        var preview = await previews.MakeAsync(video.Plan, InputOf(video, source), scratch, cancellation);

        await files.PublishAsync(preview, VideoFiles.Preview(video.VideoId, video.Plan.Version), cancellation);
    }

    private async Task MakeMp4Async(PlannedVideo video, ScratchFolder scratch, CancellationToken cancellation)
    {
        await using var source = await OpenSourceAsync(video, cancellation);
        var file = await mp4.MakeAsync(video.Plan, InputOf(video, source), OpenAsync, scratch, progress: null, cancellation);

        await files.PublishAsync(file, VideoFiles.Mp4(video.VideoId, video.Plan.Version), cancellation);

        // Copied segments need not be stored: what is missing is cut now.
        async ValueTask<IStoredFileReader> OpenAsync(string rendition, string name, CancellationToken reading) =>
            (
                name == MadeSegment.InitName
                    ? await delivery.OpenInitAsync(video, rendition, reading)
                    : await delivery.OpenSegmentAsync(video, rendition, MadeSegment.NumberOf(name), reading)
            ) ?? throw new MediaException(MediaFailure.EncoderFailed, $"{rendition}/{name} is missing.");
    }

    private async ValueTask<IStoredFileReader> OpenSourceAsync(PlannedVideo video, CancellationToken cancellation) =>
        await files.OpenAsync(video.SourceKey, cancellation)
        ?? throw new MediaException(SourcePlanner.SourceMissing, "The source is gone.");

    private SourceInput InputOf(PlannedVideo video, IStoredFileReader source) => new(source, files.InputFor(video.SourceKey));

    /// <returns>Whether it was left to end; <c>false</c> when there is no room for what nobody waits for.</returns>
    private async Task<bool> BeatAsync(IEncodingGrain grain, EncodeRun run, CancellationTokenSource unwanted)
    {
        using var timer = new PeriodicTimer(Beat);

        try
        {
            while (await timer.WaitForNextTickAsync(unwanted.Token))
            {
                if (run.Priority != EncodePriority.Waited && room.IsShort)
                {
                    await unwanted.CancelAsync();
                    return false;
                }

                if (!await grain.RenewAsync(run))
                {
                    await unwanted.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run ended.
        }

        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Video {VideoId}: a run failed ({Reason})")]
        public static partial void MediaFailed(ILogger logger, Exception error, string videoId, string reason);

        [LoggerMessage(LogLevel.Warning, "Video {VideoId}: a run broke off for want of room ({Reason})")]
        public static partial void NoRoom(ILogger logger, Exception error, string videoId, string reason);

        [LoggerMessage(LogLevel.Warning, "Video {VideoId}: the store did not take a file")]
        public static partial void StorageFailed(ILogger logger, Exception error, string videoId);
    }
}
