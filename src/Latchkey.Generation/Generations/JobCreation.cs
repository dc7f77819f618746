using System.Globalization;
using Latchkey.Generation.Data;
using Latchkey.Generation.Ledger;
using Latchkey.Generation.Models;
using Latchkey.Generation.Owners;
using Latchkey.Generation.Problems;
using Latchkey.Generation.Providers;
using Latchkey.Generation.References;
using Latchkey.Generation.Supabase;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Generations;

/// <summary>How a request wants to be known again.</summary>
/// <param name="IsRetry">The client says that it sends it once more.</param>
internal sealed record RequestIdentity(string BodyHash, string? IdempotencyKey, bool IsRetry);

/// <summary>
/// Turns a checked order into jobs. In this order: the provider and its key, whether the request was made before, the references, and then in
/// one transaction the reservation of its cost and the rows. Whatever fails before that costs nothing and leaves nothing behind.
/// </summary>
internal sealed class JobCreation(
    IDbContextFactory<GenerationDb> databases,
    GroupedWrites writes,
    ModelRoutes routes,
    ProviderKeys keys,
    JobPlaces places,
    ReferenceStore references,
    OrderTurns turns,
    AnsweredOrders answered,
    FirstCredits firstCredits,
    SupabaseMirror mirror,
    IGrainFactory grains,
    TimeProvider time
)
{
    /// <summary>Clients give up on an answer long before.</summary>
    private static readonly TimeSpan KnownAgainFor = TimeSpan.FromMinutes(10);

    public async Task<(IReadOnlyList<GenerationJob>? Jobs, GenerationProblem? Problem)> CreateAsync(
        Owner owner,
        CheckedOrder asked,
        RequestIdentity identity,
        OrderDelivery delivery,
        CancellationToken cancellation
    )
    {
        var draft = new GenerationOrder(asked.Model.Id, asked.Mode, asked.Values, []);

        if (routes.For(draft, asked.Model.Kind, owner.IsSandbox) is not { Count: > 0 } all)
            return (null, GenerationProblem.Bad("No provider makes this combination of options"));

        var provider = all[0].Provider;

        if (keys.For(provider, asked.Model.Kind).Count == 0)
            return (null, GenerationProblem.NotConfigured(provider, keys.MissingFor(provider, asked.Model.Kind)));

        using var turn = await turns.EnterAsync($"{owner.Id} {identity.IdempotencyKey ?? identity.BodyHash}", cancellation);

        if (await FindSameAsync(owner, identity, cancellation) is var (same, conflict) && (same is not null || conflict is not null))
            return (same, conflict);

        var jobId = GenerationJob.NewId();

        try
        {
            var order = await KeepReferencesAsync(jobId, draft, asked.References, cancellation);
            var result = await StoreAsync(jobId, owner, asked.Model, order, provider, identity, delivery, cancellation);

            if (result.Problem is not null)
                await references.DeleteAsync(jobId, cancellation);

            return result;
        }
        catch (ReferenceException failure)
        {
            return (null, GenerationProblem.Bad("Invalid input file").With("details", failure.Message));
        }
    }

    private async Task<(IReadOnlyList<GenerationJob>? Jobs, GenerationProblem? Conflict)> FindSameAsync(
        Owner owner,
        RequestIdentity identity,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        GenerationJob? first;

        if (identity.IdempotencyKey is { } key)
        {
            first = await db
                .Jobs.AsNoTracking()
                .FirstOrDefaultAsync(job => job.OwnerId == owner.Id && job.IdempotencyKey == key, cancellation);

            if (first is not null && first.BodyHash != identity.BodyHash)
                return (null, new GenerationProblem(StatusCodes.Status409Conflict, "This Idempotency-Key was used for another request"));
        }
        else
        {
            var since = time.GetUtcNow() - KnownAgainFor;
            first = await db.FindSameOrderAsync(owner.Id, identity.BodyHash, since, identity.IsRetry, cancellation);

            // Whoever orders once more after an answer wants one more.
            if (first is not null && !identity.IsRetry && answered.Contains(first.Id))
                first = null;
        }

        if (first is null)
            return (null, null);

        return (await db.FindGroupAsync(first.Id, cancellation), null);
    }

    private async Task<GenerationOrder> KeepReferencesAsync(
        string jobId,
        GenerationOrder draft,
        IReadOnlyList<ReferenceRequest> asked,
        CancellationToken cancellation
    )
    {
        var kept = new List<StoredReference>();
        var values = (System.Text.Json.Nodes.JsonObject)draft.Values.DeepClone();

        try
        {
            foreach (var reference in asked)
            {
                var (stored, seconds) = await references.KeepAsync(jobId, kept.Count, reference, cancellation);
                kept.Add(stored);

                // What costs by the second is billed by the file, not by what the caller says of it.
                if (seconds is { } its)
                    values[OrderFields.MotionSeconds] = (int)Math.Max(1, Math.Ceiling(its));
            }
        }
        catch
        {
            // One is bad, its sender went away, or the disk is full: nothing will ever name those before it.
            await references.DeleteAsync(jobId, CancellationToken.None);
            throw;
        }

        return draft with
        {
            Values = values,
            References = kept,
        };
    }

    private async Task<(IReadOnlyList<GenerationJob>? Jobs, GenerationProblem? Problem)> StoreAsync(
        string jobId,
        Owner owner,
        CatalogueModel model,
        GenerationOrder order,
        string provider,
        RequestIdentity identity,
        OrderDelivery delivery,
        CancellationToken cancellation
    )
    {
        if (order.Number(OrderFields.MotionSeconds) > model.MaxSeconds)
            return (
                null,
                GenerationProblem.Bad(
                    string.Create(CultureInfo.InvariantCulture, $"The reference may have at most {model.MaxSeconds} seconds")
                )
            );

        // Variants are jobs of their own, so that each is paid for only if it came.
        if ((model.PriceOf(order) ?? 0) / order.Variants is not (> 0 and var costEach))
            return (null, new GenerationProblem(500, "Pricing error: No price defined for this model/variant combination"));

        var asked = new NewJob(
            jobId,
            owner.Id,
            owner.IsSandbox,
            model.Kind,
            model.Name,
            order,
            provider,
            costEach,
            TimeSpan.FromSeconds(model.DeadlineSeconds),
            identity.BodyHash
        )
        {
            IdempotencyKey = identity.IdempotencyKey,
            WebhookUrl = delivery.WebhookUrl,
            WebhookDialect = delivery.Dialect,
            Publish = delivery.Publish,
        };
        var now = time.GetUtcNow();
        var jobs = new List<GenerationJob> { GenerationJob.Create(asked, null, 0, now) };

        for (var number = 1; number < order.Variants; number++)
            jobs.Add(GenerationJob.Create(asked, jobId, number, now));

        var taken = new List<JobPlace>();

        try
        {
            if (
                await writes.RunAsync(db => TakeAsync(db, owner, model, jobs, order, taken, now, cancellation), cancellation) is { } refused
            )
                return (null, refused);
        }
        catch
        {
            taken.ForEach(places.Leave);
            throw;
        }

        foreach (var job in jobs)
        {
            var grain = grains.GetGrain<IGenerationJobGrain>(job.Id);
            await (job.State == JobState.Submitting ? grain.SendAsync() : grain.WakeAsync());
        }

        mirror.Wake(jobId);

        return (jobs, null);
    }

    /// <summary>That a job is being sent is written with the job itself, where its provider has room: that is a write and a read less on its way.</summary>
    private async Task<GenerationProblem?> TakeAsync(
        GenerationDb db,
        Owner owner,
        CatalogueModel model,
        List<GenerationJob> jobs,
        GenerationOrder order,
        List<JobPlace> taken,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        if (await Reservation.TakeAsync(db, owner, firstCredits.Of(owner.Id), model.Id, jobs, now, cancellation) is { } refused)
            return refused;

        foreach (var job in jobs)
        {
            if (places.Take(job, order, now) is not { } place)
                continue;

            taken.Add(place);
            place.Note(job, now);
        }

        db.Jobs.AddRange(jobs);

        if (mirror.IsOn)
            db.Mirrors.Add(GenerationMirror.Create(jobs[0].Id, now));

        await db.SaveChangesAsync(cancellation);

        return null;
    }
}
