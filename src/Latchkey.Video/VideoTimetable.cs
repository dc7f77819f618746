using Latchkey.Platform.Cluster;
using Latchkey.Video.Data;
using Latchkey.Video.Encoding;
using Latchkey.Video.Playback;
using Latchkey.Video.Uploads;
using Latchkey.Video.Videos;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Video;

/// <summary>The module's recurring work on videos and uploads.</summary>
internal static class VideoTimetable
{
    private static readonly TimeSpan SeenAfterExpiry = TimeSpan.FromDays(1);

    public static IReadOnlyList<ScheduledWork> Works { get; } =
    [
        new(
            "video.imports",
            TimeSpan.FromSeconds(10),
            (at, cancellation) => at.GetRequiredService<UploadSweep>().ContinueImportsAsync(cancellation)
        ),
        new(
            "video.finished-uploads",
            TimeSpan.FromSeconds(30),
            (at, cancellation) => at.GetRequiredService<UploadSweep>().FinishUploadsAsync(cancellation)
        ),
        new(
            "video.upload-leftovers",
            TimeSpan.FromMinutes(10),
            (at, cancellation) => at.GetRequiredService<UploadSweep>().RemoveLeftoversAsync(cancellation)
        ),
        new(
            "video.removal",
            TimeSpan.FromMinutes(1),
            (at, cancellation) => at.GetRequiredService<VideoRemoval>().RemoveDueAsync(at.GetRequiredService<VideoDb>(), cancellation)
        ),
        new("video.encodings", TimeSpan.FromSeconds(30), EncodingStarter.WakeUnfinishedAsync),
        new(
            "video.old-versions",
            TimeSpan.FromMinutes(10),
            (at, cancellation) => at.GetRequiredService<OldVersions>().RemoveAsync(cancellation)
        ),
        new("video.playback-sessions", TimeSpan.FromHours(1), PlaybackSessions.RemoveExpiredAsync),
        new("video.expired-tokens", TimeSpan.FromHours(1), RemoveExpiredAsync),
    ];

    private static async Task RemoveExpiredAsync(IServiceProvider at, CancellationToken cancellation)
    {
        var db = at.GetRequiredService<VideoDb>();
        var now = at.GetRequiredService<TimeProvider>().GetUtcNow();
        var longAgo = now - SeenAfterExpiry;

        await db.UploadTokens.Where(token => token.ExpiresAt <= longAgo).ExecuteDeleteAsync(cancellation);
    }
}
