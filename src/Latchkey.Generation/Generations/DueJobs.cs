using Latchkey.Generation.Data;
using Latchkey.Generation.Providers;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Generations;

/// <summary>Wakes the grains of jobs about which something is due; what a killed process left is among them.</summary>
internal sealed class DueJobs(IDbContextFactory<GenerationDb> databases, IGrainFactory grains, ProviderLanes lanes, TimeProvider time)
{
    private const int MostAtOnce = 2000;

    public async Task WakeAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        List<string> due;

        await using (var db = await databases.CreateDbContextAsync(cancellation))
            due = await db
                .Jobs.AsNoTracking()
                .Where(job => job.DueAt <= now)
                .OrderBy(job => job.DueAt)
                .Select(job => job.Id)
                .Take(MostAtOnce)
                .ToListAsync(cancellation);

        foreach (var id in due)
            await grains.GetGrain<IGenerationJobGrain>(id).WakeAsync();
    }

    /// <summary>
    /// At the start: whoever was sending a task is dead, since one process owns the data. What came of it is looked into at once.
    /// </summary>
    public async Task ReclaimAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db
            .Jobs.Where(job => job.State == JobState.Submitting)
            .ExecuteUpdateAsync(job => job.SetProperty(row => row.DueAt, now), cancellation);
        await RecountAsync(cancellation);
    }

    public async Task RecountAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var counts = await db
            .Jobs.AsNoTracking()
            .Where(job => JobStates.AtProvider.Contains(job.State) && job.KeyId != null)
            .GroupBy(job => new { job.Provider, job.KeyId })
            .Select(group => new
            {
                group.Key.Provider,
                group.Key.KeyId,
                Count = group.Count(),
            })
            .ToListAsync(cancellation);

        lanes.Recount(counts.ToDictionary(count => (count.Provider, count.KeyId!), count => count.Count));
    }
}
