using Latchkey.Platform.Access;
using Latchkey.Platform.Files;
using Latchkey.Video.Data;
using Latchkey.Video.Encoding.Early;
using Latchkey.Video.Encoding.Index;
using Latchkey.Video.Uploads;
using Latchkey.Video.Videos;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Video.Encoding;

internal sealed class EncodingStarter(
    IGrainFactory grains,
    PlannedVideos planned,
    SourcePlanner planner,
    IFileStore files,
    EarlyEncoding early
) : IEncodingStarter
{
    /// <summary>At each sweep: a library of thousands is not looked at all at once.</summary>
    private const int MostPlannedAgain = 10;

    public void Request(VideoDb db, VideoObject video, VideoSource source, DateTimeOffset now) =>
        db.Encodings.Add(VideoEncoding.Request(RequestOf(video, source.FileKey), now));

    public void Begin(VideoObject video, string sourceKey, ReceivedBytes received, long? length)
    {
        var options = planner.OptionsOf(VideoEncoding.Request(RequestOf(video, sourceKey), default));
        early.Notice(new EarlySource(video.Id, sourceKey, options, received, length));
    }

    public Task EndUploadAsync(string videoId) => early.EndAsync(videoId);

    public Task StartAsync(string videoId, CancellationToken cancellation) => grains.GetGrain<IEncodingGrain>(videoId).StartAsync();

    public async Task StopAsync(string videoId, CancellationToken cancellation)
    {
        await early.EndAsync(videoId);
        await grains.GetGrain<IEncodingGrain>(videoId).StopAsync();
    }

    public async Task RemoveAsync(VideoDb db, string videoId, CancellationToken cancellation)
    {
        await StopAsync(videoId, cancellation);
        await ForgetPlansAsync(db, videoId, cancellation);
        await files.DeleteTreeAsync(VideoFiles.All(videoId), cancellation);

        await db.EncodingRenditions.Where(row => row.VideoId == videoId).ExecuteDeleteAsync(cancellation);
        await db.Encodings.Where(row => row.VideoId == videoId).ExecuteDeleteAsync(cancellation);
    }

    /// <summary>A line of the timetable: wakes the grains of all unfinished work, after a restart or a lost call.</summary>
    public static async Task WakeUnfinishedAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var grains = services.GetRequiredService<IGrainFactory>();

        await using var db = await services.GetRequiredService<IDbContextFactory<VideoDb>>().CreateDbContextAsync(cancellation);
        var unfinished = await db
            .Encodings.AsNoTracking()
            .Where(encoding => encoding.State == EncodingState.Waiting || encoding.State == EncodingState.Planned)
            .OrderBy(encoding => encoding.CreatedAt)
            .Select(encoding => new
            {
                encoding.VideoId,
                MustPlanAgain = encoding.State == EncodingState.Waiting && encoding.PlanVersion > 0,
            })
            .ToListAsync(cancellation);

        foreach (var video in unfinished.Where(video => !video.MustPlanAgain))
        {
            await grains.GetGrain<IEncodingGrain>(video.VideoId).StartAsync();
        }

        foreach (var video in unfinished.Where(video => video.MustPlanAgain).Take(MostPlannedAgain))
        {
            await grains.GetGrain<IEncodingGrain>(video.VideoId).PlanAgainAsync();
        }
    }

    private async Task ForgetPlansAsync(VideoDb db, string videoId, CancellationToken cancellation)
    {
        var last = await db
            .Encodings.Where(row => row.VideoId == videoId)
            .Select(row => row.PlanVersion)
            .SingleOrDefaultAsync(cancellation);

        for (var version = 1; version <= last; version++)
        {
            planned.Forget(videoId, version);
        }
    }

    private static EncodingRequest RequestOf(VideoObject video, string sourceKey) =>
        new(
            video.Id,
            sourceKey,
            MayCopy: video.Environment == KeyEnvironment.Production,
            MakesMp4: video.Mp4Support,
            video.ClipStart,
            video.ClipEnd
        );
}
