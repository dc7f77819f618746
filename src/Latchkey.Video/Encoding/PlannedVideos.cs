using Latchkey.Video.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace Latchkey.Video.Encoding;

/// <summary>A video by one version of its plan. Versions never change, so these are kept in memory while they are used.</summary>
internal sealed record PlannedVideo(string VideoId, string SourceKey, EncodingPlan Plan)
{
    public VideoRendition? Rendition(string name) => Plan.Video.FirstOrDefault(rendition => rendition.Name == name);

    public RenditionMethod? MethodOf(string rendition) => Plan.FindAudio(rendition)?.Method ?? Rendition(rendition)?.Method;
}

internal sealed class PlannedVideos(IDbContextFactory<VideoDb> databases, OldPlans oldPlans) : IDisposable
{
    private static readonly TimeSpan KeptUnused = TimeSpan.FromMinutes(10);

    /// <summary>In segments, as that is what a plan's size grows with: some hundred films, or thousands of clips.</summary>
    private const int MostSegmentsKept = 400_000;

    private readonly MemoryCache _plans = new(new MemoryCacheOptions { SizeLimit = MostSegmentsKept });

    /// <returns><c>null</c> while there is no plan of that version, and when it is gone.</returns>
    public async ValueTask<PlannedVideo?> FindAsync(string videoId, int version, CancellationToken cancellation)
    {
        if (_plans.TryGetValue((videoId, version), out PlannedVideo? planned))
        {
            return planned;
        }

        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await db
            .Encodings.AsNoTracking()
            .Where(encoding => encoding.VideoId == videoId && encoding.OldestVersion <= version && version <= encoding.PlanVersion)
            .Select(encoding => new { encoding.SourceKey, Plan = encoding.PlanVersion == version ? encoding.Plan : null })
            .SingleOrDefaultAsync(cancellation);

        if (row is null || (row.Plan ?? await oldPlans.ReadAsync(videoId, version, cancellation)) is not { } plan)
        {
            return null;
        }

        planned = new PlannedVideo(videoId, row.SourceKey, EncodingPlanJson.Read(plan));

        return _plans.Set(
            (videoId, version),
            planned,
            new MemoryCacheEntryOptions { SlidingExpiration = KeptUnused, Size = planned.Plan.SegmentCount + 10 }
        );
    }

    public void Forget(string videoId, int version) => _plans.Remove((videoId, version));

    public void Dispose() => _plans.Dispose();
}
