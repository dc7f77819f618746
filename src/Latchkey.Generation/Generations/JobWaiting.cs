using Latchkey.Generation.Owners;

namespace Latchkey.Generation.Generations;

/// <summary>Waits for a job's end, for foreign contracts that are synchronous; holds no grain turn and no connection meanwhile.</summary>
internal sealed class JobWaiting(JobReading reading, JobChanges changes, TimeProvider time)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    /// <returns>The job as it is when it has ended, or when the time is over; empty when it is gone.</returns>
    public async Task<IReadOnlyList<GenerationJob>> WaitAsync(Owner owner, string jobId, TimeSpan longest, CancellationToken cancellation)
    {
        var until = time.GetUtcNow() + longest;

        try
        {
            while (true)
            {
                var next = changes.Next(jobId);
                var jobs = await reading.FindAsync(owner, jobId, cancellation);

                if (jobs.All(job => job.HasEnded || job.State == JobState.Overdue) || time.GetUtcNow() >= until)
                    return jobs;

                await changes.WaitAsync(next, BetweenLooks, cancellation);
            }
        }
        finally
        {
            changes.Leave(jobId);
        }
    }
}
