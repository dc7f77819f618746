using Latchkey.Generation.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Latchkey.Generation.Supabase;

/// <summary>Finds what Supabase is still to be told, and wakes whoever tells it.</summary>
internal sealed class SupabaseMirror(
    IDbContextFactory<GenerationDb> databases,
    IGrainFactory grains,
    SupabaseProject project,
    TimeProvider time
) : IHostedService
{
    private const int MostAtOnce = 500;

    public bool IsOn => project.Keeps;

    /// <summary>After the transaction of a change. What is not woken now is found by the sweep.</summary>
    public void Wake(string groupId)
    {
        if (IsOn)
            _ = grains.GetGrain<IGenerationMirrorGrain>(groupId).WakeAsync();
    }

    public async Task WakeDueAsync(CancellationToken cancellation)
    {
        if (!IsOn)
            return;

        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var due = await db
            .Mirrors.AsNoTracking()
            .Where(mirror => mirror.DueAt <= now)
            .OrderBy(mirror => mirror.DueAt)
            .Select(mirror => mirror.GroupId)
            .Take(MostAtOnce)
            .ToListAsync(cancellation);

        foreach (var groupId in due)
            await grains.GetGrain<IGenerationMirrorGrain>(groupId).WakeAsync();
    }

    /// <summary>
    /// What was made before Supabase was configured is carried over too, and what it refused is tried at once: it may be set up now.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!IsOn)
            return;

        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db
            .Mirrors.Where(mirror => mirror.Attempts > 0)
            .ExecuteUpdateAsync(mirror => mirror.SetProperty(row => row.DueAt, now).SetProperty(row => row.Attempts, 0), cancellationToken);
        await db.Database.ExecuteSqlInterpolatedAsync(
            $"""
            INSERT INTO "generation_mirrors" ("GroupId", "Revision", "Told", "DueAt", "Attempts")
            SELECT "Id", 1, 0, {now.ToUnixTimeMilliseconds()}, 0 FROM "generation_jobs" AS job
            WHERE job."Number" = 0 AND job."DeletedAt" IS NULL
            ON CONFLICT DO NOTHING
            """,
            cancellationToken
        );
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
