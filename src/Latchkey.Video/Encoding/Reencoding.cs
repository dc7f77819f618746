using Latchkey.Platform.Data;
using Latchkey.Video.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Video.Encoding;

public enum ReencodeAnswer
{
    Requested,
    UnknownVideo,

    /// <summary>There is no source, or it was not looked at yet, or it cannot be shown: nothing can be made anew.</summary>
    NothingEncoded,
}

/// <summary>Asks for videos to be encoded again, as the settings are now. It only writes the wish: a server, now or later, takes it up.</summary>
public sealed class Reencoding
{
    private const int MostTries = 10;

    private readonly IDbContextFactory<VideoDb> _databases;

    internal Reencoding(IDbContextFactory<VideoDb> databases) => _databases = databases;

    /// <summary>For the command line, which has the database and nothing else.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.AddModuleDb<VideoDb>(VideoModule.Prefix);
        services.AddSingleton(at => new Reencoding(at.GetRequiredService<IDbContextFactory<VideoDb>>()));
    }

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

    /// <returns>How many were asked for: all that anything was encoded of.</returns>
    public async Task<int> RequestAllAsync(CancellationToken cancellation)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellation);
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
        await using var db = await _databases.CreateDbContextAsync(cancellation);

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
