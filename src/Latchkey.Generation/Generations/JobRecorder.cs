using Latchkey.Generation.Data;
using Latchkey.Generation.Supabase;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Generations;

/// <summary>Writes the moves of jobs that have not ended. A move counts only if nobody else moved the job since it was read.</summary>
internal sealed class JobRecorder(IDbContextFactory<GenerationDb> databases, JobChanges changes, SupabaseMirror mirror, TimeProvider time)
{
    /// <returns>Whether it counted; if not, the row must be read again.</returns>
    public async Task<bool> MoveAsync(GenerationJob job, Action<GenerationJob, DateTimeOffset> move, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var seen = job.State.ForCallers();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        db.Attach(job);
        move(job, now);
        var isMirrored = mirror.IsOn && job.State.ForCallers() != seen;

        try
        {
            if (isMirrored)
                await SaveMirroredAsync(db, job.GroupId, now, cancellation);
            else
                await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }

        changes.Tell(job.GroupId);

        if (isMirrored)
            mirror.Wake(job.GroupId);

        return true;
    }

    private static async Task SaveMirroredAsync(GenerationDb db, string groupId, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.SaveChangesAsync(cancellation);
        await GenerationMirror.NoteAsync(db, groupId, now, cancellation);
        await transaction.CommitAsync(cancellation);
    }
}
