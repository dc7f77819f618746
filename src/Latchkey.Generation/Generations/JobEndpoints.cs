using System.Runtime.CompilerServices;
using Latchkey.Generation.Owners;
using Latchkey.Generation.Problems;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Generation.Generations;

/// <summary>How a job is getting on.</summary>
internal static class JobEndpoints
{
    /// <summary>Also what a proxy sees, so that it does not take the stream for dead.</summary>
    private static readonly TimeSpan BetweenSigns = TimeSpan.FromSeconds(10);

    public static void MapJobs(this RouteGroupBuilder api)
    {
        var jobs = api.MapGroup("/api/jobs/{id}").WithTags("Jobs").FailsWithError(StatusCodes.Status404NotFound);

        jobs.MapGet("", GetJob).WithSummary("How a job is getting on, and what came of it");
        jobs.MapPost("", CancelJob).WithSummary("Cancel a job, and get its credits back");
        jobs.MapGet("/events", FollowJob)
            .WithSummary("The job as often as it changes, as server-sent events, until it has ended")
            .Produces<JobResponse>(contentType: "text/event-stream");
    }

    /// <summary><c>kind</c> and <c>provider</c> are known from the row: whatever stands in the query is not trusted.</summary>
    private static async Task<Results<Ok<JobResponse>, GenerationProblem>> GetJob(
        string id,
        HttpContext http,
        JobReading reading,
        PublicUrl publicUrl,
        CancellationToken cancellation
    )
    {
        http.Response.Headers.CacheControl = "no-store";

        return await reading.ReadAsync(http.Owner(), id, publicUrl.BaseFor(http.Request), cancellation) is { } job
            ? TypedResults.Ok(job)
            : GenerationProblem.JobNotFound;
    }

    private static async Task<Results<Ok<JobResponse>, GenerationProblem>> CancelJob(
        string id,
        HttpContext http,
        JobReading reading,
        IGrainFactory grains,
        PublicUrl publicUrl,
        CancellationToken cancellation
    )
    {
        foreach (var job in (await reading.FindAsync(http.Owner(), id, cancellation)).Where(job => !job.HasEnded))
            await grains.GetGrain<IGenerationJobGrain>(job.Id).CancelAsync();

        return await GetJob(id, http, reading, publicUrl, cancellation);
    }

    /// <summary>The job as often as it changes, until it has ended; the newest state at once.</summary>
    private static async Task<Results<ServerSentEventsResult<JobResponse>, GenerationProblem>> FollowJob(
        string id,
        HttpContext http,
        JobReading reading,
        JobChanges changes,
        PublicUrl publicUrl,
        CancellationToken cancellation
    )
    {
        var owner = http.Owner();

        return await reading.FindAsync(owner, id, cancellation) is [{ GroupId: var groupId }, ..]
            ? TypedResults.ServerSentEvents(
                FollowAsync(owner, groupId, publicUrl.BaseFor(http.Request), reading, changes, cancellation),
                "job"
            )
            : GenerationProblem.JobNotFound;
    }

    private static async IAsyncEnumerable<JobResponse> FollowAsync(
        Owner owner,
        string groupId,
        string baseUrl,
        JobReading reading,
        JobChanges changes,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        try
        {
            while (true)
            {
                var next = changes.Next(groupId);

                if (await reading.ReadAsync(owner, groupId, baseUrl, cancellation) is not { } job)
                    yield break;

                yield return job;

                if (job.Status is "completed" or "failed" or "cancelled")
                    yield break;

                await changes.WaitAsync(next, BetweenSigns, cancellation);
            }
        }
        finally
        {
            changes.Leave(groupId);
        }
    }
}
