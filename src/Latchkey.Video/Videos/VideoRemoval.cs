using Latchkey.Platform.Files;
using Latchkey.Platform.Settings;
using Latchkey.Video.Data;
using Latchkey.Video.Encoding;
using Latchkey.Video.Playback;
using Latchkey.Video.Thumbnails;
using Latchkey.Video.Uploads;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Latchkey.Video.Videos;

/// <summary>Ends videos: hides them when their owner deletes them, and removes all that is left of them when their time has come.</summary>
internal sealed partial class VideoRemoval(
    LatchkeySettings settings,
    IFileStore files,
    IEncodingStarter encoding,
    OpenUploads uploads,
    PlaybackCatalogue playback,
    TimeProvider time,
    ILogger<VideoRemoval> logger
)
{
    private const int AtOnce = 100;

    private readonly TimeSpan _kept = TimeSpan.FromDays(settings.Integer(VideoSettings.DiscardDays));

    /// <summary>Hides a video and stops all work on it. Its bytes go now, or after the days that deleted videos are kept.</summary>
    public async Task DiscardAsync(VideoDb db, VideoObject video, CancellationToken cancellation)
    {
        video.Discard(_kept, time.GetUtcNow());
        await db.SaveChangesAsync(cancellation);
        playback.Forget(video.Id);

        // From here on it is deleted, whether or not the caller waits for the rest.
        uploads.Stop(video.Id);
        await encoding.StopAsync(video.Id, CancellationToken.None);

        if (_kept == TimeSpan.Zero)
            await RemoveAsync(db, video.Id, CancellationToken.None);
    }

    /// <summary>Removes what is due: discarded long enough ago, of the sandbox, never given a source, or never finished.</summary>
    public async Task RemoveDueAsync(VideoDb db, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var abandoned = now - Retention.Unfinished;

        var due = await db
            .Videos.Where(video =>
                video.DeletesAt <= now
                || (video.CreatedAt <= abandoned && !db.Sources.Any(source => source.VideoId == video.Id))
                || db.Sources.Any(source =>
                    source.VideoId == video.Id && source.State == SourceState.Uploading && source.CreatedAt <= abandoned
                )
            )
            .OrderBy(video => video.CreatedAt)
            .Select(video => video.Id)
            .Take(AtOnce)
            .ToListAsync(cancellation);

        foreach (var videoId in due)
        {
            uploads.Stop(videoId);
            await encoding.StopAsync(videoId, cancellation);
            await RemoveAsync(db, videoId, cancellation);
        }
    }

    private async Task RemoveAsync(VideoDb db, string videoId, CancellationToken cancellation)
    {
        var sourceIds = await db.Sources.Where(source => source.VideoId == videoId).Select(source => source.Id).ToListAsync(cancellation);

        // The row goes last: as long as it is there, what is left over is found again.
        foreach (var sourceId in sourceIds)
            await files.DeleteTreeAsync(SourceFiles.Folder(sourceId), cancellation);

        await files.DeleteTreeAsync(ThumbnailFiles.Folder(videoId), cancellation);
        await encoding.RemoveAsync(db, videoId, cancellation);
        await db.Videos.Where(video => video.Id == videoId).ExecuteDeleteAsync(cancellation);

        Log.Removed(logger, videoId);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Video {VideoId} is removed with its files")]
        public static partial void Removed(ILogger logger, string videoId);
    }
}
