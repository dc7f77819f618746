using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Data;

/// <summary>What is asked about jobs many times a second, compiled once. Changes to what is found are not followed.</summary>
internal static class JobQueries
{
    private static readonly Func<GenerationDb, string, CancellationToken, Task<GenerationJob?>> ById = EF.CompileAsyncQuery(
        (GenerationDb db, string id, CancellationToken _) => db.Jobs.AsNoTracking().FirstOrDefault(job => job.Id == id)
    );

    private static readonly Func<GenerationDb, string, CancellationToken, Task<GenerationJob?>> ByToken = EF.CompileAsyncQuery(
        (GenerationDb db, string token, CancellationToken _) => db.Jobs.AsNoTracking().FirstOrDefault(job => job.CallbackToken == token)
    );

    private static readonly Func<GenerationDb, string, string, DateTimeOffset, bool, CancellationToken, Task<GenerationJob?>> NewestByBody =
        EF.CompileAsyncQuery(
            (GenerationDb db, string ownerId, string hash, DateTimeOffset since, bool alsoAnswered, CancellationToken _) =>
                db
                    .Jobs.AsNoTracking()
                    .Where(job => job.OwnerId == ownerId && job.BodyHash == hash && job.CreatedAt > since)
                    .Where(job => job.IdempotencyKey == null && job.Number == 0 && (alsoAnswered || job.AnsweredAt == null))
                    .OrderByDescending(job => job.CreatedAt)
                    .FirstOrDefault()
        );

    private static readonly Func<GenerationDb, string, IAsyncEnumerable<GenerationJob>> OfGroup = EF.CompileAsyncQuery(
        (GenerationDb db, string groupId) => db.Jobs.AsNoTracking().OrderBy(job => job.Number).Where(job => job.GroupId == groupId)
    );

    private static readonly Func<GenerationDb, string, IAsyncEnumerable<GenerationOutput>> OutputsOfGroup = EF.CompileAsyncQuery(
        (GenerationDb db, string groupId) =>
            db
                .Jobs.Where(job => job.GroupId == groupId)
                .Join(db.Outputs.AsNoTracking(), job => job.Id, output => output.JobId, (job, output) => output)
    );

    public static Task<GenerationJob?> FindJobAsync(this GenerationDb db, string id, CancellationToken cancellation) =>
        ById(db, id, cancellation);

    /// <summary>The job at whose own address a provider calls back.</summary>
    public static Task<GenerationJob?> FindJobByTokenAsync(this GenerationDb db, string callbackToken, CancellationToken cancellation) =>
        ByToken(db, callbackToken, cancellation);

    /// <summary>A job of an owner's that is not deleted, and its variants; by our id of any of them, or the provider's.</summary>
    /// <returns>Empty when there is none.</returns>
    public static async Task<List<GenerationJob>> FindOwnGroupAsync(
        this GenerationDb db,
        string ownerId,
        string id,
        CancellationToken cancellation
    )
    {
        // One after the other, the usual first: for an "or", SQLite would read all of the owner's jobs.
        var jobs = await db.FindGroupAsync(id, cancellation);

        if (jobs.Count == 0)
        {
            var job =
                await db.FindJobAsync(id, cancellation)
                ?? await db.Jobs.AsNoTracking().FirstOrDefaultAsync(its => its.TaskId == id && its.OwnerId == ownerId, cancellation);

            if (job is not null)
                jobs = await db.FindGroupAsync(job.GroupId, cancellation);
        }

        return jobs.TrueForAll(job => job.OwnerId == ownerId && job.DeletedAt is null) ? jobs : [];
    }

    /// <summary>The last order with this body and without a key of its own.</summary>
    /// <param name="alsoAnswered">Whether one counts whose answer was delivered.</param>
    public static Task<GenerationJob?> FindSameOrderAsync(
        this GenerationDb db,
        string ownerId,
        string bodyHash,
        DateTimeOffset since,
        bool alsoAnswered,
        CancellationToken cancellation
    ) => NewestByBody(db, ownerId, bodyHash, since, alsoAnswered, cancellation);

    /// <summary>A job and its variants, in their order.</summary>
    public static async Task<List<GenerationJob>> FindGroupAsync(this GenerationDb db, string groupId, CancellationToken cancellation)
    {
        var jobs = new List<GenerationJob>();

        await foreach (var job in OfGroup(db, groupId).WithCancellation(cancellation))
            jobs.Add(job);

        return jobs;
    }

    /// <summary>What was made by a job and its variants, in no order.</summary>
    public static async Task<List<GenerationOutput>> FindOutputsAsync(this GenerationDb db, string groupId, CancellationToken cancellation)
    {
        var outputs = new List<GenerationOutput>();

        await foreach (var output in OutputsOfGroup(db, groupId).WithCancellation(cancellation))
            outputs.Add(output);

        return outputs;
    }
}
