using Latchkey.Platform.Files;
using Latchkey.Video.Data;
using Latchkey.Video.Encoding.Early;
using Latchkey.Video.Encoding.Storyboards;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Latchkey.Video.Encoding;

/// <summary>Reads what there is to do for a video, planning it first where no plan exists, and moves its row on.</summary>
internal sealed partial class EncodingLoader(
    IDbContextFactory<VideoDb> databases,
    IFileStore files,
    SourcePlanner planner,
    EarlyFiles early,
    OldPlans oldPlans,
    TimeProvider time,
    ILogger<EncodingLoader> logger
)
{
    /// <returns><c>null</c> when there is nothing to do.</returns>
    public async Task<EncodingProgress?> LoadAsync(string videoId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await db.Encodings.AsNoTracking().SingleOrDefaultAsync(encoding => encoding.VideoId == videoId, cancellation);

        if (row is null or { IsUnfinished: false })
        {
            return null;
        }

        var plan = row.State == EncodingState.Waiting ? await PlanAsync(row, cancellation) : EncodingPlanJson.Read(row.Plan!);

        if (plan is null)
        {
            return null;
        }

        var progress = await ReadProgressAsync(videoId, plan, row.MakesMp4);

        foreach (var failed in await db.EncodingRenditions.FailedOf(videoId).AsNoTracking().ToListAsync(cancellation))
        {
            progress.MarkFailed(failed.Name == EncodingRecorder.Mp4 ? nameof(EncodeRunKind.Mp4) : failed.Name, failed.FailureReason!);
        }

        return progress;
    }

    /// <returns>Whether the video was finished, and is open again.</returns>
    public async Task<bool> ReopenAsync(string videoId, int version)
    {
        await using var db = await databases.CreateDbContextAsync();
        var row = await db.Encodings.SingleOrDefaultAsync(encoding =>
            encoding.VideoId == videoId && encoding.State == EncodingState.Encoded && encoding.PlanVersion == version
        );
        row?.Reopen();

        return row is not null && await SaveAsync(db);
    }

    /// <summary>Whether a segment, and the init segment that it needs, are in the store.</summary>
    public async Task<bool> IsStoredAsync(string videoId, int version, string rendition, int segment) =>
        await files.FindAsync(VideoFiles.Segment(videoId, version, rendition, segment), CancellationToken.None) is not null
        && await files.FindAsync(VideoFiles.Init(videoId, version, rendition), CancellationToken.None) is not null;

    /// <returns>Whether the row was moved on; <c>false</c> when it has ended, or another activation moved it meanwhile.</returns>
    public async Task<bool> MoveAsync(string videoId, Action<VideoEncoding> move, Func<VideoDb, Task>? also = null)
    {
        await using var db = await databases.CreateDbContextAsync();
        var row = await db.Encodings.SingleOrDefaultAsync(encoding => encoding.VideoId == videoId);

        if (row is null or { IsUnfinished: false })
        {
            return false;
        }

        move(row);
        await (also?.Invoke(db) ?? Task.CompletedTask);

        return await SaveAsync(db);
    }

    private static async Task<bool> SaveAsync(VideoDb db)
    {
        try
        {
            await db.SaveChangesAsync();
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }

    private async Task<EncodingPlan?> PlanAsync(VideoEncoding row, CancellationToken cancellation)
    {
        EncodingPlan plan;

        try
        {
            plan = await TryPlanAsync(row, cancellation);
            await early.SettleAsync(row.VideoId, row.SourceKey, plan);
        }
        catch (MediaException error)
        {
            return await FailAsync(row, error, error.Reason);
        }
        catch (Exception error) when (error is not OperationCanceledException && !PassingFailure.Is(error))
        {
            // A fault of ours: trying the same source again would only repeat it.
            return await FailAsync(row, error, EncodeFailure.InternalError);
        }

        if (row.Plan is { } old)
        {
            await oldPlans.KeepAsync(row.VideoId, row.PlanVersion, old, cancellation);
        }

        var json = EncodingPlanJson.Write(plan);

        return await MoveAsync(
            row.VideoId,
            encoding => encoding.SetPlan(json, time.GetUtcNow()),
            db => EncodingRecorder.PutPlannedAsync(db, row, plan)
        )
            ? plan
            : null;
    }

    private async Task<EncodingPlan> TryPlanAsync(VideoEncoding row, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await planner.PlanAsync(row, cancellation);
            }
            catch (MediaException error) when (error.IsTransient && attempt < RunFailures.AttemptsFor(error.Reason))
            {
                Log.TriedAgain(logger, error, row.VideoId, error.Reason);
            }
        }
    }

    private async Task<EncodingPlan?> FailAsync(VideoEncoding row, Exception error, string reason)
    {
        if (row.Plan is { } old)
        {
            Log.NotPlannedAgain(logger, error, row.VideoId, reason);
            return await MoveAsync(row.VideoId, encoding => encoding.KeepPlan()) ? EncodingPlanJson.Read(old) : null;
        }

        Log.Failed(logger, error, row.VideoId, reason);
        await MoveAsync(row.VideoId, encoding => encoding.Fail(reason, time.GetUtcNow()));
        return null;
    }

    /// <summary>What the file store holds is made, whatever the rows say: a process may have died between the two.</summary>
    private async Task<EncodingProgress> ReadProgressAsync(string videoId, EncodingPlan plan, bool makesMp4)
    {
        var read = new EncodingProgress(plan, makesMp4);
        var prefix = VideoFiles.Plan(videoId, plan.Version);
        var segments = new List<(string Rendition, int Segment)>();
        var inits = new HashSet<string>(StringComparer.Ordinal);

        await foreach (var key in files.ListAsync(prefix, CancellationToken.None))
        {
            if (VideoFiles.ReadSegment(key, prefix) is { } segment && segment.Segment < plan.SegmentCount)
            {
                segments.Add(segment);
            }
            else if (key.EndsWith($"/{MadeSegment.InitName}", StringComparison.Ordinal))
            {
                inits.Add(key);
            }
            else if (key == VideoFiles.Mp4(videoId, plan.Version))
            {
                read.MarkDone(EncodeRunKind.Mp4);
            }
            else if (key == VideoFiles.AutomaticPoster(videoId, plan.Version))
            {
                read.MarkDone(EncodeRunKind.Poster);
            }
            else if (key == VideoFiles.StoryboardIndex(videoId, plan.Version))
            {
                read.MarkDone(EncodeRunKind.Storyboard);
            }
            else if (key == VideoFiles.Preview(videoId, plan.Version))
            {
                read.MarkDone(EncodeRunKind.Preview);
            }
        }

        // Segments are of no use without their init segment, and it comes back with the first of them. Tiles have none.
        foreach (
            var (rendition, segment) in segments.Where(made =>
                made.Rendition == Storyboard.FolderName || inits.Contains(VideoFiles.Init(videoId, plan.Version, made.Rendition))
            )
        )
        {
            read.MarkMade(rendition, segment);
        }

        return read;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The source of video {VideoId} is looked at once more ({Reason})")]
        public static partial void TriedAgain(ILogger logger, Exception error, string videoId, string reason);

        [LoggerMessage(LogLevel.Warning, "Video {VideoId} cannot be planned again, and stays as it is: {Reason}")]
        public static partial void NotPlannedAgain(ILogger logger, Exception error, string videoId, string reason);

        [LoggerMessage(LogLevel.Warning, "Video {VideoId} cannot be encoded: {Reason}")]
        public static partial void Failed(ILogger logger, Exception error, string videoId, string reason);
    }
}
