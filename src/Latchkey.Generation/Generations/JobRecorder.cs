using Latchkey.Generation.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Generations;

/// <summary>Writes the moves of jobs that have not ended. A move counts only if nobody else moved the job since it was read.</summary>
internal sealed class JobRecorder(IDbContextFactory<GenerationDb> databases, JobChanges changes, TimeProvider time)
{
    /// <returns>Whether it counted; if not, the row must be read again.</returns>
    public async Task<bool> MoveAsync(GenerationJob job, Action<GenerationJob, DateTimeOffset> move, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        db.Attach(job);
        move(job, time.GetUtcNow());

        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }

        changes.Tell(job.GroupId);
        return true;
    }
}
