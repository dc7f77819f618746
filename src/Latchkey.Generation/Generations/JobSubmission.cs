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
    JobPlaces places,
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
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(2);

    /// <summary>Sends a job that waits, if there is a place for it; if not, says when to try again.</summary>
    public async Task SubmitAsync(GenerationJob job, CancellationToken cancellation)
    {
        var order = job.ReadOrder();
        var now = time.GetUtcNow();

        if (now >= job.DeadlineAt)
        {
            await ending.FailAsync(job, job.Reason ?? JobReasons.ProviderTimeout, "The provider had no room for it in time.", cancellation);
            return;
        }

        if (places.Take(job, order, now) is not { } place)
        {
            await ending.FailAsync(job, job.Reason ?? JobReasons.NoRoute, "No provider for this model can be used now.", cancellation);
            return;
        }

        // Written before the first byte goes out: whoever finds it so after a crash must not send it again.
        if (!await recorder.MoveAsync(job, place.Note, cancellation))
            places.Leave(place);
        else if (place.IsOpen)
            await SendAsync(job, order, place, cancellation);
    }

    /// <summary>Sends a job whose row says already that it is being sent. Only whoever wrote that may ask for it, and once.</summary>
    public async Task SendAsync(GenerationJob job, CancellationToken cancellation)
    {
        var order = job.ReadOrder();

        if (places.Taken(job, order) is { } place)
            await SendAsync(job, order, place, cancellation);
        else if (await recorder.MoveAsync(job, (row, now) => row.TryLater(JobReasons.NoRoute, now, now), cancellation))
            lanes.Leave(job.Provider, job.KeyId!);
    }

    private async Task SendAsync(GenerationJob job, GenerationOrder order, JobPlace place, CancellationToken cancellation) =>
        await RecordAsync(job, order, place.Key, await AskAsync(job, order, place.Route, place.Key, cancellation), cancellation);

    private async Task<SubmitOutcome> AskAsync(
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
