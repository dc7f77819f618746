using Latchkey.Platform.Files;
using Latchkey.Video.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Latchkey.Video.Encoding;

/// <summary>Reads what there is to do for a video, planning it first where no plan exists, and moves its row on.</summary>
internal sealed partial class EncodingLoader(
    IDbContextFactory<VideoDb> databases,
    IFileStore files,
    SourcePlanner planner,
    TimeProvider time,
    ILogger<EncodingLoader> logger
)
{
    /// <returns><c>null</c> when there is nothing to do.</returns>
    public async Task<EncodingProgress?> LoadAsync(string videoId)
    {
        await using var db = await databases.CreateDbContextAsync();
        var row = await db.Encodings.AsNoTracking().SingleOrDefaultAsync(encoding => encoding.VideoId == videoId);

        if (row is null or { IsUnfinished: false })
        {
            return null;
        }

        var plan = row.Plan is null ? await PlanAsync(row) : EncodingPlanJson.Read(row.Plan);
        return plan is null ? null : await ReadProgressAsync(videoId, plan, row.MakesMp4);
    }

    /// <returns>Whether the row was moved on; <c>false</c> when it has ended, or another activation moved it meanwhile.</returns>
    public async Task<bool> MoveAsync(string videoId, Action<VideoEncoding> move, Action<VideoDb>? also = null)
    {
        await using var db = await databases.CreateDbContextAsync();
        var row = await db.Encodings.SingleOrDefaultAsync(encoding => encoding.VideoId == videoId);

        if (row is null or { IsUnfinished: false })
        {
            return false;
        }

        move(row);
        also?.Invoke(db);

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

    private async Task<EncodingPlan?> PlanAsync(VideoEncoding row)
    {
        EncodingPlan plan;

        try
        {
            plan = await planner.PlanAsync(row, CancellationToken.None);
        }
        catch (MediaException error)
        {
            return await FailAsync(row.VideoId, error, error.Reason);
        }
        catch (Exception error) when (error is not IOException)
        {
            // A fault of ours: trying the same source again would only repeat it.
            return await FailAsync(row.VideoId, error, EncodeFailure.InternalError);
        }

        var json = EncodingPlanJson.Write(plan);

        return await MoveAsync(
            row.VideoId,
            encoding => encoding.SetPlan(json, time.GetUtcNow()),
            db => EncodingRecorder.AddPlanned(db, row, plan)
        )
            ? plan
            : null;
    }

    private async Task<EncodingPlan?> FailAsync(string videoId, Exception error, string reason)
    {
        Log.Failed(logger, error, videoId, reason);
        await MoveAsync(videoId, encoding => encoding.Fail(reason, time.GetUtcNow()));
        return null;
    }

    /// <summary>What the file store holds is made, whatever the rows say: a process may have died between the two.</summary>
    private async Task<EncodingProgress> ReadProgressAsync(string videoId, EncodingPlan plan, bool makesMp4)
    {
        var read = new EncodingProgress(plan, makesMp4);
        var prefix = VideoFiles.Plan(videoId, plan.Version);

        await foreach (var key in files.ListAsync(prefix, CancellationToken.None))
        {
            if (VideoFiles.ReadSegment(key, prefix) is { } segment && segment.Segment < plan.SegmentCount)
            {
                read.MarkMade(segment.Rendition, segment.Segment);
            }
            else if (key == VideoFiles.Mp4(videoId, plan.Version))
            {
                read.MarkMp4();
            }
            else if (key == VideoFiles.AutomaticPoster(videoId, plan.Version))
            {
                read.MarkPoster();
            }
        }

        return read;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Video {VideoId} cannot be encoded: {Reason}")]
        public static partial void Failed(ILogger logger, Exception error, string videoId, string reason);
    }
}
