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

        return await db.FindOwnGroupAsync(owner.Id, id, cancellation);
    }

    public async Task<JobResponse?> ReadAsync(Owner owner, string id, string baseUrl, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var jobs = await db.FindOwnGroupAsync(owner.Id, id, cancellation);

        return jobs.Count == 0 ? null : await RespondAsync(db, jobs, baseUrl, cancellation);
    }

    public async Task<JobResponse> RespondAsync(IReadOnlyList<GenerationJob> jobs, string baseUrl, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        return await RespondAsync(db, jobs, baseUrl, cancellation);
    }

    private async Task<JobResponse> RespondAsync(
        GenerationDb db,
        IReadOnlyList<GenerationJob> jobs,
        string baseUrl,
        CancellationToken cancellation
    )
    {
        var outputs = jobs.Any(job => job.State == JobState.Succeeded) ? await db.FindOutputsAsync(jobs[0].GroupId, cancellation) : [];

        return JobResponse.From(jobs, outputs, await links.ForAsync(outputs, baseUrl, cancellation));
    }
}
