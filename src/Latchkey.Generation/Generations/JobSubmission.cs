using System.Text.Json.Nodes;
using Latchkey.Generation.Models;
using Latchkey.Generation.Providers;
using Latchkey.Generation.References;
using Latchkey.Generation.Usage;
using Microsoft.Extensions.Logging;

namespace Latchkey.Generation.Generations;

/// <summary>Sends a job to its provider, at most once for each route that certainly did not take it.</summary>
internal sealed partial class JobSubmission(
    ModelRoutes routes,
    ProviderKeys keys,
    ProviderLanes lanes,
    ProviderDirectory providers,
    CallbackAddresses callbacks,
    ReferenceLinks links,
    JobRecorder recorder,
    JobEnding ending,
    UsageMeter meter,
    TimeProvider time,
    ILogger<JobSubmission> logger
)
{
    /// <summary>More than any vendor takes for an answer; after it, whoever sent it is taken for dead.</summary>
    private static readonly TimeSpan LongestSubmit = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(2);

    public async Task SubmitAsync(GenerationJob job, CancellationToken cancellation)
    {
        var order = job.ReadOrder();
        var now = time.GetUtcNow();

        if (now >= job.DeadlineAt)
        {
            await ending.FailAsync(job, job.Reason ?? JobReasons.ProviderTimeout, "The provider had no room for it in time.", cancellation);
            return;
        }

        if (routes.At(job, order) is not { } route || PoolOf(order, route, job.Kind) is not { Count: > 0 } pool)
        {
            await ending.FailAsync(job, job.Reason ?? JobReasons.NoRoute, "No provider for this model can be used now.", cancellation);
            return;
        }

        var (key, admission) = lanes.Choose(pool, job.HasTurn, now);

        if (!admission.IsOpen)
        {
            var wait = PollSchedule.Jitter(
                admission.HasTurn && !job.HasTurn ? admission.Wait : PollSchedule.AtLeast(admission.Wait, job.Looks)
            );
            await recorder.MoveAsync(job, (row, at) => row.WaitForTurn(at + wait, admission.HasTurn, at), cancellation);
            return;
        }

        // Written before the first byte goes out: whoever finds it so after a crash must not send it again.
        if (
            !await recorder.MoveAsync(
                job,
                (row, at) => row.BeginSubmit(route.Provider, route.Protocol, key.Id, at + LongestSubmit, at),
                cancellation
            )
        )
        {
            lanes.Leave(route.Provider, key.Id);
            return;
        }

        await RecordAsync(job, order, key, await SendAsync(job, order, route, key, cancellation), cancellation);
    }

    /// <summary>What continues a task goes to the account that made it, while the operator still has its key.</summary>
    private IReadOnlyList<ProviderKey> PoolOf(GenerationOrder order, CatalogueRoute route, MediaKind kind)
    {
        var all = keys.For(route.Provider, kind);
        var keyId = order.Text(OrderFields.SourceKey);

        return all.FirstOrDefault(key => key.Id == keyId) is { } its ? [its] : all;
    }

    private async Task<SubmitOutcome> SendAsync(
        GenerationJob job,
        GenerationOrder order,
        CatalogueRoute route,
        ProviderKey key,
        CancellationToken cancellation
    )
    {
        var outcome = await providers
            .Of(job)
            .SubmitAsync(
                new ProviderOrder(
                    job.Id,
                    job.Kind,
                    route.Protocol,
                    InputTemplate.FillText(route.Upstream, Value),
                    InputTemplate.Fill(route.Input, Value),
                    [.. order.References.Select(reference => new PlacedReference(reference, links.PublicLinkTo(reference)))],
                    key,
                    callbacks.For(route.Provider, job.CallbackToken)
                ),
                cancellation
            );

        meter.Submitted(route.Provider, outcome.GetType().Name.ToLowerInvariant());
        return outcome;

        JsonNode? Value(string name) => name == OrderFields.Mode ? order.Mode : ReferenceMarks.For(order, name) ?? order.Values[name];
    }

    private async Task RecordAsync(
        GenerationJob job,
        GenerationOrder order,
        ProviderKey key,
        SubmitOutcome outcome,
        CancellationToken cancellation
    )
    {
        lanes.Report(
            key,
            outcome is not (SubmitOutcome.Unclear or SubmitOutcome.Refused { Failure.Kind: FailureKind.Vendor }),
            time.GetUtcNow()
        );

        switch (outcome)
        {
            case SubmitOutcome.Accepted accepted:
                var lookAt = PollSchedule.Jitter(FirstLook);

                // Cancelled meanwhile: now that the task has a name, the provider can be told.
                if (!await recorder.MoveAsync(job, (row, now) => row.Accept(accepted.TaskId, now + lookAt, now), cancellation))
                    await ending.CancelAtProviderAsync(job);

                break;

            case SubmitOutcome.Finished finished:
                if (await recorder.MoveAsync(job, (row, now) => row.Store(finished.Outputs, now), cancellation))
                    lanes.Leave(job.Provider, key.Id);

                break;

            case SubmitOutcome.Unclear unclear:
                Log.Unclear(logger, job.Id, job.Provider, unclear.Reason);
                await recorder.MoveAsync(job, (row, now) => row.BecomeUnclear(now + FirstLook, now), cancellation);
                break;

            case SubmitOutcome.Refused refused:
                Log.Refused(logger, job.Id, job.Provider, refused.Failure.Reason);
                await RefuseAsync(job, order, key, refused.Failure, cancellation);
                break;
        }
    }

    private async Task RefuseAsync(
        GenerationJob job,
        GenerationOrder order,
        ProviderKey key,
        ProviderFailure failure,
        CancellationToken cancellation
    )
    {
        if (routes.Next(job, order, failure) is { } next)
        {
            if (await recorder.MoveAsync(job, (row, now) => row.FallBack(next, failure.Reason, now), cancellation))
                lanes.Leave(key.Provider, key.Id);
        }
        else if (failure.Kind == FailureKind.Busy)
        {
            var wait = PollSchedule.Jitter(failure.RetryAfter ?? PollSchedule.After(job.Looks + 2));

            if (await recorder.MoveAsync(job, (row, now) => row.TryLater(failure.Reason, now + wait, now), cancellation))
                lanes.Leave(key.Provider, key.Id);
        }
        else
        {
            await ending.FailAsync(job, failure.Reason, failure.Message, cancellation);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Job {JobId} was refused by {Provider}: {Reason}")]
        public static partial void Refused(ILogger logger, string jobId, string provider, string reason);

        [LoggerMessage(LogLevel.Information, "Job {JobId} was sent to {Provider} with no clear answer: {Reason}")]
        public static partial void Unclear(ILogger logger, string jobId, string provider, string reason);
    }
}
