using Latchkey.Generation.Outputs;
using Latchkey.Generation.Providers;
using Microsoft.Extensions.Logging;

namespace Latchkey.Generation.Generations;

/// <summary>Fetches everything that a provider made, and ends the job with it.</summary>
internal sealed partial class JobStoring(
    OutputStore outputs,
    ProviderDirectory providers,
    ProviderLanes lanes,
    JobRecorder recorder,
    JobEnding ending,
    ILogger<JobStoring> logger
)
{
    private const int Attempts = 8;

    /// <summary>Of a job whose files' addresses are written down.</summary>
    public Task StoreAsync(GenerationJob job, CancellationToken cancellation) => StoreAsync(job, job.ReadSources(), cancellation);

    /// <param name="sources">Written down only if they must be fetched again.</param>
    public async Task StoreAsync(GenerationJob job, IReadOnlyList<OutputSource> sources, CancellationToken cancellation)
    {
        var (provider, task) = (providers.Of(job), providers.TaskOf(job));
        var media = new List<StoredMedia>();

        foreach (var source in sources)
        {
            switch (await outputs.StoreAsync(provider, task, source, media.Count, cancellation))
            {
                case StoreOutcome.Stored stored:
                    media.Add(stored.Media);
                    break;

                case StoreOutcome.Invalid invalid:
                    Log.Invalid(logger, job.Id, job.Provider, invalid.Reason);
                    await EndAsync(job, JobReasons.InvalidOutput, "The provider delivered something else than asked for.", cancellation);
                    return;

                case StoreOutcome.NotReached notReached:
                    Log.NotReached(logger, job.Id, job.Provider, notReached.Reason);
                    await TryAgainAsync(job, sources, notReached.IsGone, cancellation);
                    return;
            }
        }

        if (!await ending.SucceedAsync(job, media, cancellation))
            await outputs.DeleteUnlessSucceededAsync(job.Id, cancellation);
        else if (sources.Any(source => source.Place == OutputPlace.Stored))
            await outputs.DeleteInlineAsync(job.Id, cancellation);
    }

    private async Task TryAgainAsync(GenerationJob job, IReadOnlyList<OutputSource> sources, bool isGone, CancellationToken cancellation)
    {
        if (job.Fetches + 1 >= Attempts)
            await EndAsync(job, JobReasons.OutputsUnreachable, "What the provider made could not be fetched.", cancellation);
        else if (isGone && job.TaskId is not null)
            await recorder.MoveAsync(job, (row, now) => row.AskAgain(now + PollSchedule.After(row.Fetches), now), cancellation);
        else
            await FetchAgainAsync(job, sources, cancellation);
    }

    private async Task FetchAgainAsync(GenerationJob job, IReadOnlyList<OutputSource> sources, CancellationToken cancellation)
    {
        var wasAtProvider = JobStates.AtProvider.Contains(job.State);
        var counts = await recorder.MoveAsync(
            job,
            (row, now) => row.FetchAgain(sources, now + PollSchedule.After(row.Fetches), now),
            cancellation
        );

        if (counts && wasAtProvider && job.KeyId is { } keyId)
            lanes.Leave(job.Provider, keyId);
    }

    private async Task EndAsync(GenerationJob job, string reason, string message, CancellationToken cancellation)
    {
        if (await ending.FailAsync(job, reason, message, cancellation))
            await outputs.DeleteUnlessSucceededAsync(job.Id, cancellation);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Job {JobId}: what {Provider} delivered is not what was asked for ({Reason})")]
        public static partial void Invalid(ILogger logger, string jobId, string provider, string reason);

        [LoggerMessage(LogLevel.Information, "Job {JobId}: an output of {Provider} could not be fetched ({Reason})")]
        public static partial void NotReached(ILogger logger, string jobId, string provider, string reason);
    }
}
