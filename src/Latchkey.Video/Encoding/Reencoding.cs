using Latchkey.Video.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Encoding;

/// <summary>Only writes the wish; the sweep of a server takes it up.</summary>
internal sealed class Reencoding(IDbContextFactory<VideoDb> databases) : IReencoding
{
    private const int MostTries = 10;

    public async Task<ReencodeAnswer> RequestAsync(string videoId, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(videoId, cancellation);
            }
            catch (DbUpdateConcurrencyException) when (attempt < MostTries)
            {
                // The server moved the row on meanwhile.
            }
        }
    }

    public async Task<int> RequestAllAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var videoIds = await db
            .Encodings.Where(encoding => encoding.PlanVersion > 0)
            .OrderBy(encoding => encoding.CreatedAt)
            .Select(encoding => encoding.VideoId)
            .ToListAsync(cancellation);
        var requested = 0;

        foreach (var videoId in videoIds)
        {
            requested += await RequestAsync(videoId, cancellation) == ReencodeAnswer.Requested ? 1 : 0;
        }

        return requested;
    }

    private async Task<ReencodeAnswer> TryAsync(string videoId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        if (!await db.Videos.AnyAsync(video => video.Id == videoId && video.DiscardedAt == null, cancellation))
        {
            return ReencodeAnswer.UnknownVideo;
        }

        var row = await db.Encodings.SingleOrDefaultAsync(encoding => encoding.VideoId == videoId, cancellation);

        if (row?.RequestAgain() is not true)
        {
            return ReencodeAnswer.NothingEncoded;
        }

        await db.SaveChangesAsync(cancellation);
        return ReencodeAnswer.Requested;
    }
}
