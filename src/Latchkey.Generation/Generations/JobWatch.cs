using Latchkey.Generation.Models;
using Latchkey.Generation.Providers;
using Latchkey.Generation.Usage;
using Microsoft.Extensions.Logging;

namespace Latchkey.Generation.Generations;

/// <summary>Looks at what the provider makes of a job: after a submission, a callback, or a while.</summary>
internal sealed partial class JobWatch(
    ModelRoutes routes,
    ProviderDirectory providers,
    ProviderLanes lanes,
    JobRecorder recorder,
    JobStoring storing,
    JobEnding ending,
    UsageMeter meter,
    TimeProvider time,
    ILogger<JobWatch> logger
)
{
    /// <summary>A provider may not know a task for a moment after it took it.</summary>
    private static readonly TimeSpan NotKnownYet = TimeSpan.FromMinutes(2);

    /// <summary>How long an unclear submission is looked for before its caller is told.</summary>
    private static readonly TimeSpan UnclearFor = TimeSpan.FromMinutes(10);

    /// <summary>How long after its deadline a late result is still taken. Its cost is held until then.</summary>
    private static readonly TimeSpan LateFor = TimeSpan.FromHours(24);
    private static readonly TimeSpan BetweenLateLooks = TimeSpan.FromMinutes(10);

    public Task LookAsync(GenerationJob job, CancellationToken cancellation) =>
        job.TaskId is null ? FindTaskAsync(job, cancellation) : QueryAsync(job, cancellation);

    private async Task FindTaskAsync(GenerationJob job, CancellationToken cancellation)
    {
        var (provider, task) = (providers.Of(job), providers.TaskOf(job));

        if (!provider.CanReconcile(task))
        {
            await ending.FailAsync(
                job,
                JobReasons.SubmitUnclear,
                "The provider did not answer, and cannot be asked whether it took the task.",
                cancellation
            );
        }
        else if (await provider.FindTaskAsync(task, cancellation) is { } taskId)
        {
            await recorder.MoveAsync(job, (row, now) => row.LookNow(taskId, now), cancellation);
        }
        else
        {
            await WaitAsync(job, task.SubmittedAt + UnclearFor, JobReasons.SubmitUnclear, null, null, cancellation);
        }
    }

    private async Task QueryAsync(GenerationJob job, CancellationToken cancellation)
    {
        meter.Polled(job.Provider);
        var task = providers.TaskOf(job);
        var outcome = await lanes.LookAsync(task.Key, () => providers.Of(job).QueryAsync(task, cancellation), cancellation);
        lanes.Report(task.Key, outcome is not QueryOutcome.Unavailable, time.GetUtcNow());

        switch (outcome)
        {
            case QueryOutcome.Succeeded { Outputs.Count: 0 }:
                await FailAsync(job, new(FailureKind.Vendor, JobReasons.NoOutputs, "The provider delivered nothing."), cancellation);
                break;

            // Pictures are here in a moment: that they are being fetched is not worth a row of its own.
            case QueryOutcome.Succeeded succeeded when job.Kind == MediaKind.Image:
                await storing.StoreAsync(job, succeeded.Outputs, cancellation);
                break;

            case QueryOutcome.Succeeded succeeded:
                if (await recorder.MoveAsync(job, (row, now) => row.Store(succeeded.Outputs, now), cancellation))
                    lanes.Leave(task.Key.Provider, task.Key.Id);

                break;

            case QueryOutcome.Failed failed:
                Log.Failed(logger, job.Id, job.Provider, failed.Failure.Reason);
                await FailAsync(job, failed.Failure, cancellation);
                break;

            case QueryOutcome.NotKnown when time.GetUtcNow() >= task.SubmittedAt + NotKnownYet:
                await FailAsync(job, new(FailureKind.Vendor, JobReasons.TaskLost, "The provider has lost the task."), cancellation);
                break;

            case QueryOutcome.Running running:
                await WaitAsync(job, job.DeadlineAt, JobReasons.ProviderTimeout, running.Progress, null, cancellation);
                break;

            case QueryOutcome.Unavailable unavailable:
                await WaitAsync(job, job.DeadlineAt, JobReasons.ProviderTimeout, null, unavailable.RetryAfter, cancellation);
                break;

            default:
                await WaitAsync(job, job.DeadlineAt, JobReasons.ProviderTimeout, null, null, cancellation);
                break;
        }
    }

    /// <summary>The provider says that it has not made it: another may, unless the order itself is to blame.</summary>
    private async Task FailAsync(GenerationJob job, ProviderFailure failure, CancellationToken cancellation)
    {
        var (provider, keyId) = (job.Provider, job.KeyId);

        if (job.State == JobState.Running && routes.Next(job, job.ReadOrder(), failure) is { } next)
        {
            if (await recorder.MoveAsync(job, (row, now) => row.FallBack(next, failure.Reason, now), cancellation) && keyId is not null)
                lanes.Leave(provider, keyId);
        }
        else
        {
            await ending.FailAsync(job, failure.Reason, failure.Message, cancellation);
        }
    }

    private async Task WaitAsync(
        GenerationJob job,
        DateTimeOffset until,
        string reason,
        int? progress,
        TimeSpan? retryAfter,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        var lateUntil = job.DeadlineAt + LateFor;

        if (job.State != JobState.Overdue && now < until)
        {
            var wait = PollSchedule.Jitter(retryAfter ?? PollSchedule.After(job.Looks));
            await recorder.MoveAsync(job, (row, at) => row.LookAgain(at + wait, progress, at), cancellation);
        }
        else if (job.State != JobState.Overdue)
        {
            Log.Overdue(logger, job.Id, job.Provider, reason);
            await recorder.MoveAsync(job, (row, at) => row.BecomeOverdue(reason, at + BetweenLateLooks, at), cancellation);
        }
        else if (now < lateUntil)
        {
            var wait = PollSchedule.Jitter(BetweenLateLooks);
            await recorder.MoveAsync(job, (row, at) => row.LookAgain(at + wait, progress, at), cancellation);
        }
        else
        {
            await ending.FailAsync(job, job.Reason ?? reason, "The provider did not deliver in time.", cancellation);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Job {JobId} failed at {Provider}: {Reason}")]
        public static partial void Failed(ILogger logger, string jobId, string provider, string reason);

        [LoggerMessage(LogLevel.Information, "Job {JobId} is overdue at {Provider}: {Reason}")]
        public static partial void Overdue(ILogger logger, string jobId, string provider, string reason);
    }
}
