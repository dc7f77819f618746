using Latchkey.Platform.Files;
using Latchkey.Video.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Encoding;

/// <summary>
/// Files that were stored after their video was removed. A removal does not wait for who is making one; so whoever has stored one
/// asks here afterwards.
/// </summary>
internal sealed class LateFiles(IDbContextFactory<VideoDb> databases, IFileStore files, TimeProvider time)
{
    /// <summary>Deletes all files of the video if it has been removed, or is being removed.</summary>
    public async Task RemoveAsync(string videoId, CancellationToken cancellation)
    {
        if (await IsRemovedAsync(videoId, cancellation))
        {
            await files.DeleteTreeAsync(VideoFiles.All(videoId), cancellation);
        }
    }

    private async Task<bool> IsRemovedAsync(string videoId, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellation);

        return !await db.Videos.AnyAsync(video => video.Id == videoId && (video.DeletesAt == null || video.DeletesAt > now), cancellation);
    }
}
