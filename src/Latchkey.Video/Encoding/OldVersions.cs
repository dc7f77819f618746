using Latchkey.Platform.Files;
using Latchkey.Video.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Encoding;

/// <summary>Removes what videos were encoded to before they were encoded again, once nobody can be watching it any more.</summary>
internal sealed class OldVersions(IDbContextFactory<VideoDb> databases, PlannedVideos planned, IFileStore files, TimeProvider time)
{
    /// <summary>Players read the playlists of a film once: who began with the old version needs it to the end, with pauses.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(6);

    private const int MostAtOnce = 1000;

    public async Task RemoveAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var longAgo = time.GetUtcNow() - Kept;
        var due = await db
            .Encodings.Where(row => row.State == EncodingState.Encoded && row.OldestVersion < row.PlanVersion && row.FinishedAt <= longAgo)
            .OrderBy(row => row.FinishedAt)
            .Select(row => new
            {
                row.VideoId,
                row.OldestVersion,
                row.PlanVersion,
            })
            .Take(MostAtOnce)
            .ToListAsync(cancellation);

        foreach (var video in due)
        {
            await RemoveAsync(db, video.VideoId, video.OldestVersion, video.PlanVersion, cancellation);
        }
    }

    private async Task RemoveAsync(VideoDb db, string videoId, int oldest, int newest, CancellationToken cancellation)
    {
        for (var version = oldest; version < newest; version++)
        {
            planned.Forget(videoId, version);
            await files.DeleteTreeAsync(VideoFiles.Plan(videoId, version), cancellation);
        }

        // After the files: a process that dies in between removes them once more. Beside the row's own moves, which leave this column alone.
        await db
            .Encodings.Where(row => row.VideoId == videoId && row.OldestVersion < newest)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.OldestVersion, newest), cancellation);
    }
}
