using Latchkey.Video.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace Latchkey.Video.Encoding;

/// <summary>A video whose plan is made. Plans never change, so these are kept in memory while they are used.</summary>
internal sealed record PlannedVideo(string VideoId, string SourceKey, EncodingPlan Plan)
{
    public VideoRendition? Rendition(string name) => Plan.Video.FirstOrDefault(rendition => rendition.Name == name);

    public RenditionMethod? MethodOf(string rendition) =>
        rendition == AudioRendition.FolderName ? Plan.Audio?.Method : Rendition(rendition)?.Method;
}

internal sealed class PlannedVideos(IDbContextFactory<VideoDb> databases) : IDisposable
{
    private static readonly TimeSpan KeptUnused = TimeSpan.FromMinutes(10);

    /// <summary>In segments, as that is what a plan's size grows with: some hundred films, or thousands of clips.</summary>
    private const int MostSegmentsKept = 400_000;

    private readonly MemoryCache _plans = new(new MemoryCacheOptions { SizeLimit = MostSegmentsKept });

    /// <returns><c>null</c> while there is no plan.</returns>
    public async ValueTask<PlannedVideo?> FindAsync(string videoId, CancellationToken cancellation)
    {
        if (_plans.TryGetValue(videoId, out PlannedVideo? planned))
        {
            return planned;
        }

        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await db
            .Encodings.AsNoTracking()
            .Where(encoding => encoding.VideoId == videoId && encoding.Plan != null)
            .Select(encoding => new { encoding.SourceKey, encoding.Plan })
            .SingleOrDefaultAsync(cancellation);

        if (row is null)
        {
            return null;
        }

        planned = new PlannedVideo(videoId, row.SourceKey, EncodingPlanJson.Read(row.Plan!));

        return _plans.Set(
            videoId,
            planned,
            new MemoryCacheEntryOptions { SlidingExpiration = KeptUnused, Size = planned.Plan.SegmentCount + 10 }
        );
    }

    public void Forget(string videoId) => _plans.Remove(videoId);

    public void Dispose() => _plans.Dispose();
}
