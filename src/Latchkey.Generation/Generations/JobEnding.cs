using Latchkey.Generation.Data;
using Latchkey.Generation.Ledger;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Providers;
using Latchkey.Generation.References;
using Latchkey.Generation.Supabase;
using Latchkey.Generation.Usage;
using Latchkey.Platform.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Latchkey.Generation.Generations;

/// <summary>
/// Ends jobs: the last move, what was made, the money, the usage and the caller's webhook are one transaction, so that whatever ends a job
/// first decides all of them.
/// </summary>
internal sealed partial class JobEnding(
    IDbContextFactory<GenerationDb> databases,
    GroupedWrites writes,
    JobChanges changes,
    JobWebhooks webhooks,
    IWebhookSender sender,
    ProviderDirectory providers,
    ProviderLanes lanes,
    UsageMeter meter,
    ReferenceStore references,
    SupabaseMirror mirror,
    TimeProvider time,
    ILogger<JobEnding> logger
)
{
    private static readonly TimeSpan PatienceWithCancelling = TimeSpan.FromSeconds(15);

    public Task<bool> SucceedAsync(GenerationJob job, IReadOnlyList<StoredMedia> outputs, CancellationToken cancellation) =>
        EndAsync(
            job,
            (row, now) => row.Succeed(now),
            (db, now) =>
            {
                db.Outputs.AddRange(outputs.Select((media, index) => GenerationOutput.Create(job.Id, index, media)));
                db.Ledger.Add(LedgerEntry.Settle(job.OwnerId, job.Id, now));
            },
            cancellation
        );

    public Task<bool> FailAsync(GenerationJob job, string reason, string message, CancellationToken cancellation) =>
        EndAsync(job, (row, now) => row.Fail(reason, message, now), (db, now) => Release(db, job, now), cancellation);

    /// <returns>Whether it was this call that ended it.</returns>
    public async Task<bool> CancelAsync(string jobId, CancellationToken cancellation)
    {
        while (await FindAsync(jobId, cancellation) is { HasEnded: false } job)
        {
            var wasAtProvider = job is { TaskId: not null };

            if (!await EndAsync(job, (row, now) => row.Cancel(now), (db, now) => Release(db, job, now), cancellation))
                continue;

            // The caller does not wait for it: they have been paid back.
            if (wasAtProvider)
                _ = CancelAtProviderAsync(job);

            return true;
        }

        return false;
    }

    /// <summary>Stops a task that nobody wants any more.</summary>
    public async Task CancelAtProviderAsync(GenerationJob job)
    {
        using var patience = new CancellationTokenSource(PatienceWithCancelling, time);

        try
        {
            await providers.Of(job).CancelAsync(providers.TaskOf(job), patience.Token);
        }
        catch (OperationCanceledException)
        {
            Log.NotCancelled(logger, job.Id, job.Provider);
        }
    }

    private async Task<bool> EndAsync(
        GenerationJob job,
        Action<GenerationJob, DateTimeOffset> move,
        Action<GenerationDb, DateTimeOffset> also,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        var (wasAtProvider, keyId) = (JobStates.AtProvider.Contains(job.State), job.KeyId);
        OutboxMessage? message;

        try
        {
            message = await writes.RunAsync(
                async db =>
                {
                    db.Attach(job);
                    move(job, now);
                    also(db, now);
                    await db.SaveChangesAsync(cancellation);

                    if (job.State != JobState.Succeeded)
                        await GiveBackAsync(db, job, cancellation);

                    await UsageCount.AddAsync(db, job, now, cancellation);
                    // Also while Supabase is not set: it may be again, and then hears how the job ended.
                    await GenerationMirror.NoteAsync(db, job.GroupId, now, cancellation);

                    return await webhooks.AddAsync(db, job, now, cancellation);
                },
                cancellation
            );
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }

        changes.Tell(job.GroupId);

        if (message is not null)
            sender.Wake(message);

        if (wasAtProvider && keyId is not null)
            lanes.Leave(job.Provider, keyId);
        else
            lanes.Forget(job.Id);

        meter.Ended(job, now);
        mirror.Wake(job.GroupId);
        await LetGoOfReferencesAsync(job, cancellation);

        return true;
    }

    /// <summary>Nobody needs what came with an order once all its variants have ended.</summary>
    private async Task LetGoOfReferencesAsync(GenerationJob job, CancellationToken cancellation)
    {
        if (job.ReadOrder().References.Count == 0)
            return;

        await using var db = await databases.CreateDbContextAsync(cancellation);

        if (!await db.Jobs.AnyAsync(other => other.GroupId == job.GroupId && other.DueAt != null, cancellation))
            await references.DeleteAsync(job.GroupId, cancellation);
    }

    private static void Release(GenerationDb db, GenerationJob job, DateTimeOffset now) =>
        db.Ledger.Add(LedgerEntry.Release(job.OwnerId, job.Id, job.Cost, now));

    private static Task<int> GiveBackAsync(GenerationDb db, GenerationJob job, CancellationToken cancellation) =>
        db
            .Budgets.Where(budget => budget.OwnerId == job.OwnerId && budget.Available != null)
            .ExecuteUpdateAsync(budget => budget.SetProperty(row => row.Available, row => row.Available + job.Cost), cancellation);

    private async Task<GenerationJob?> FindAsync(string jobId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.FindJobAsync(jobId, cancellation);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Job {JobId} was cancelled here, but {Provider} did not answer to that")]
        public static partial void NotCancelled(ILogger logger, string jobId, string provider);
    }
}
