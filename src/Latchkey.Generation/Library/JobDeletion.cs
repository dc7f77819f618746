using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.References;
using Latchkey.Generation.Supabase;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Library;

/// <summary>Cancels what is under way, and takes the files away at once; Supabase follows. The money's rows stay.</summary>
internal sealed class JobDeletion(
    IDbContextFactory<GenerationDb> databases,
    IGrainFactory grains,
    OutputStore outputs,
    ReferenceStore references,
    SupabaseMirror mirror,
    TimeProvider time
)
{
    /// <param name="jobs">A job and its variants.</param>
    public async Task DeleteAsync(IReadOnlyList<GenerationJob> jobs, CancellationToken cancellation)
    {
        foreach (var job in jobs.Where(job => !job.HasEnded))
            await grains.GetGrain<IGenerationJobGrain>(job.Id).CancelAsync();

        var (groupId, now) = (jobs[0].GroupId, time.GetUtcNow());

        await using (var db = await databases.CreateDbContextAsync(cancellation))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            await db
                .Jobs.Where(job => job.GroupId == groupId)
                .ExecuteUpdateAsync(
                    job =>
                        job.SetProperty(row => row.DeletedAt, now)
                            .SetProperty(row => row.Prompt, "")
                            .SetProperty(row => row.Order, GenerationJob.NoOrder),
                    cancellation
                );

            // Of what is mirrored they name the files that Supabase is to delete.
            if (!await GenerationMirror.NoteAsync(db, groupId, now, cancellation))
                await db
                    .Outputs.Where(output => db.Jobs.Any(job => job.GroupId == groupId && job.Id == output.JobId))
                    .ExecuteDeleteAsync(cancellation);

            await transaction.CommitAsync(cancellation);
        }

        mirror.Wake(groupId);

        foreach (var job in jobs)
            await outputs.DeleteAsync(job.Id, cancellation);

        await references.DeleteAsync(groupId, cancellation);
    }
}
