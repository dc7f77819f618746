using Latchkey.Generation.Data;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Owners;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Generations;

/// <summary>Finds jobs for whoever may see them: their owner. To everybody else they are not there.</summary>
internal sealed class JobReading(IDbContextFactory<GenerationDb> databases, OutputLinks links)
{
    /// <param name="id">Ours, that of a variant, or the provider's id of the task.</param>
    public async Task<IReadOnlyList<GenerationJob>> FindAsync(Owner owner, string id, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var mine = db.Jobs.AsNoTracking().Where(job => job.OwnerId == owner.Id && job.DeletedAt == null);
        var groupId = await mine.Where(job => job.Id == id || job.TaskId == id)
            .Select(job => job.GroupId)
            .FirstOrDefaultAsync(cancellation);

        return groupId is null ? [] : await mine.Where(job => job.GroupId == groupId).OrderBy(job => job.Number).ToListAsync(cancellation);
    }

    public async Task<JobResponse?> ReadAsync(Owner owner, string id, string baseUrl, CancellationToken cancellation)
    {
        var jobs = await FindAsync(owner, id, cancellation);
        return jobs.Count == 0 ? null : await RespondAsync(jobs, baseUrl, cancellation);
    }

    public async Task<JobResponse> RespondAsync(IReadOnlyList<GenerationJob> jobs, string baseUrl, CancellationToken cancellation)
    {
        var outputs = new List<GenerationOutput>();

        if (jobs.Any(job => job.State == JobState.Succeeded))
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            var ids = jobs.Select(job => job.Id).ToList();
            outputs = await db.Outputs.AsNoTracking().Where(output => ids.Contains(output.JobId)).ToListAsync(cancellation);
        }

        return JobResponse.From(jobs, outputs, await links.ForAsync(outputs, baseUrl, cancellation));
    }
}
