using Latchkey.Generation.Data;
using Latchkey.Generation.Supabase;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Generations;

/// <summary>Writes the moves of jobs that have not ended. A move counts only if nobody else moved the job since it was read.</summary>
internal sealed class JobRecorder(GroupedWrites writes, JobChanges changes, SupabaseMirror mirror, TimeProvider time)
{
    /// <returns>Whether it counted; if not, the row must be read again.</returns>
    public async Task<bool> MoveAsync(GenerationJob job, Action<GenerationJob, DateTimeOffset> move, CancellationToken cancellation)
    {
        var seen = job.State.ForCallers();
        bool isMirrored;

        try
        {
            isMirrored = await writes.RunAsync(
                async db =>
                {
                    var now = time.GetUtcNow();
                    db.Attach(job);
                    move(job, now);
                    await db.SaveChangesAsync(cancellation);

                    return mirror.IsOn
                        && job.State.ForCallers() != seen
                        && await GenerationMirror.NoteAsync(db, job.GroupId, now, cancellation);
                },
                cancellation
            );
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
}
