using Latchkey.Generation.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Generations;

/// <summary>Takes a job from one state to the next for as long as something is due.</summary>
internal sealed class JobRunner(
    IDbContextFactory<GenerationDb> databases,
    JobRecorder recorder,
    JobSubmission submission,
    JobWatch watch,
    JobStoring storing,
    TimeProvider time
)
{
    public async Task RunAsync(string jobId, CancellationToken cancellation)
    {
        while (await FindAsync(jobId, cancellation) is { HasEnded: false } job && IsDue(job))
        {
            await StepAsync(job, cancellation);

            // Most steps leave nothing to be done now: that is known without reading the row again.
            if (!IsDue(job))
                return;
        }
    }

    /// <summary>Sends a job that was written as about to be sent.</summary>
    public async Task SendAsync(string jobId, CancellationToken cancellation)
    {
        if (await FindAsync(jobId, cancellation) is { State: JobState.Submitting } job)
            await submission.SendAsync(job, cancellation);
    }

    /// <summary>A place has become free for it.</summary>
    public async Task TryAsync(string jobId, CancellationToken cancellation)
    {
        if (await FindAsync(jobId, cancellation) is { State: JobState.Created } job)
            await submission.SubmitAsync(job, cancellation);
    }

    /// <summary>Something may have happened at the provider.</summary>
    /// <param name="taskId">Taken when the job has none, as after an unclear submission.</param>
    public async Task HintAsync(string jobId, string? taskId, CancellationToken cancellation)
    {
        if (await FindAsync(jobId, cancellation) is not { } job || !JobStates.AtProvider.Contains(job.State))
            return;

        if (job.TaskId is null)
            await recorder.MoveAsync(job, (row, now) => row.LookNow(taskId, now), cancellation);
        else
            await StepAsync(job, cancellation);
    }

    private Task StepAsync(GenerationJob job, CancellationToken cancellation) =>
        job.State switch
        {
            JobState.Created => submission.SubmitAsync(job, cancellation),
            // Whoever sent it is gone: nobody knows what came of it.
            JobState.Submitting => recorder.MoveAsync(job, (row, now) => row.BecomeUnclear(now, now), cancellation),
            JobState.Unclear or JobState.Running or JobState.Overdue => watch.LookAsync(job, cancellation),
            JobState.Storing => storing.StoreAsync(job, cancellation),
            _ => throw new InvalidOperationException($"A job that is {job.State} has nothing due."),
        };

    private bool IsDue(GenerationJob job) => job.DueAt <= time.GetUtcNow();

    private async Task<GenerationJob?> FindAsync(string jobId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.FindJobAsync(jobId, cancellation);
    }
}
