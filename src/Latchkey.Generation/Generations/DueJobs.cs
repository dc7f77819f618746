using Latchkey.Generation.Data;
using Latchkey.Generation.Providers;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Generations;

/// <summary>Wakes the grains of jobs about which something is due; what a killed process left is among them.</summary>
internal sealed class DueJobs(IDbContextFactory<GenerationDb> databases, IGrainFactory grains, ProviderLanes lanes, TimeProvider time)
{
    private const int MostAhead = 20_000;
    private const int MostInATick = 16;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan BetweenReads = TimeSpan.FromSeconds(1);

    /// <summary>Whatever is due at all is due later. So asked, SQLite reads jobs that have not ended, and not all that ever were.</summary>
    private static readonly DateTimeOffset Ever = DateTimeOffset.UnixEpoch;

    /// <summary>
    /// Goes on until it is cancelled. What is due soon is read once a second, and each job woken in its own moment; many that are late are
    /// spread, so that what comes meanwhile does not stand behind them.
    /// </summary>
    public async Task WakeAsync(CancellationToken cancellation)
    {
        var (ahead, readAgainAt) = (new Queue<DueJob>(), Ever);

        while (true)
        {
            // Begun before the clock is read, so that a clock that is turned between the two is noticed by one of them.
            var isIdle = ahead.Count == 0;
            var pause = Task.Delay(isIdle ? BetweenReads : Tick, time, cancellation);
            var now = time.GetUtcNow();

            if (isIdle || now >= readAgainAt)
                (ahead, readAgainAt) = (new(await ReadAsync(now + BetweenReads, cancellation)), now + BetweenReads);

            for (var woken = 0; woken < MostInATick && ahead.TryPeek(out var job) && job.DueAt <= now; woken++)
                await grains.GetGrain<IGenerationJobGrain>(ahead.Dequeue().Id).WakeAsync();

            // What was just read may be due before that long pause ends.
            if (!isIdle || ahead.Count == 0)
                await pause;
        }
    }

    /// <summary>
    /// At the start: whoever was sending a task is dead, since one process owns the data. What came of it is looked into at once.
    /// </summary>
    public async Task ReclaimAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db
            .Jobs.Where(job => job.DueAt > Ever && job.State == JobState.Submitting)
            .ExecuteUpdateAsync(job => job.SetProperty(row => row.DueAt, now), cancellation);
        await RecountAsync(cancellation);
    }

    public async Task RecountAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var counts = await db
            .Jobs.AsNoTracking()
            .Where(job => job.DueAt > Ever && JobStates.AtProvider.Contains(job.State) && job.KeyId != null)
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

    /// <summary>What is due until then, and what is being done already; the oldest first.</summary>
    private async Task<List<DueJob>> ReadAsync(DateTimeOffset until, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        return await db
            .Jobs.AsNoTracking()
            .Where(job => job.DueAt <= until)
            .OrderBy(job => job.DueAt)
            .Select(job => new DueJob(job.Id, job.DueAt!.Value))
            .Take(MostAhead)
            .ToListAsync(cancellation);
    }

    private readonly record struct DueJob(string Id, DateTimeOffset DueAt);
}
