using System.Runtime.CompilerServices;
using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Owners;
using Latchkey.Platform.Access;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Generation.FalApi;

/// <summary>fal.ai's queue, on our jobs. As there, a request that failed is COMPLETED, and its result answered with the error.</summary>
internal static class FalEndpoints
{
    private const string WebhookField = "fal_webhook";

    /// <summary>fal.ai's client gives up after that, too.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(9);

    /// <summary>Also what a proxy sees, so that it does not take a stream for dead.</summary>
    private static readonly TimeSpan BetweenSigns = TimeSpan.FromSeconds(10);

    public static void MapFal(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/fal").WithTags("fal-compatible");
        var owned = api.MapGroup("")
            .AddEndpointFilter(RequireOwnerAsync)
            .SecuredBy("bearer")
            .Fails(
                typeof(FalProblemBody),
                StatusCodes.Status400BadRequest,
                StatusCodes.Status401Unauthorized,
                StatusCodes.Status403Forbidden,
                StatusCodes.Status404NotFound,
                StatusCodes.Status422UnprocessableEntity
            );
        var request = owned.MapGroup("/{owner}/{app}/requests/{id}");

        request.MapGet("/status", GetStatus).WithSummary("How a request is getting on");
        request
            .MapGet("/status/stream", StreamStatus)
            .WithSummary("The same as often as it changes, as server-sent events, until it is over")
            .Produces<FalRequest>(contentType: "text/event-stream");
        request.MapGet("", GetResult).WithSummary("What came of a request");
        request.MapPut("/cancel", CancelRequest).WithSummary("Cancel a request").Produces<FalCancelled>(StatusCodes.Status202Accepted);
        owned
            .MapPost("/{owner}/{app}/{**model}", Submit)
            .WithSummary("Order from a model by fal.ai's name, or from latchkey/ and one of ours")
            .TakesQuery(new RouteParameter(WebhookField, "An address that is told of the end, signed as fal.ai's webhooks are."));
        owned.MapPost("/run/{owner}/{app}/{**model}", Run).WithSummary("Order, wait, and get the result at once");
        owned.MapFalUploads();
        api.MapFalFiles();
        api.MapFalProxy();
        api.MapGet("/.well-known/jwks.json", GetKeys).WithSummary("The key that webhooks in fal.ai's shape are signed with");
    }

    private static async ValueTask<object?> RequireOwnerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var (owner, problem) = await http.RequestServices.GetRequiredService<OwnerAccess>().FindAsync(http);

        if (owner is null)
            return FalProblem.From(problem!);

        http.Features.Set(owner);
        return await next(context);
    }

    private static async Task<Results<Ok<FalRequest>, FalProblem>> GetStatus(
        string owner,
        string app,
        string id,
        HttpContext http,
        JobReading reading,
        PublicUrl publicUrl,
        CancellationToken cancellation
    ) =>
        await reading.FindAsync(http.Owner(), id, cancellation) is { Count: > 0 } jobs
            ? TypedResults.Ok(FalRequest.From(jobs, $"{publicUrl.BaseFor(http.Request)}/fal/{owner}/{app}"))
            : FalProblem.NotFound;

    private static async Task<Results<ServerSentEventsResult<FalRequest>, FalProblem>> StreamStatus(
        string owner,
        string app,
        string id,
        HttpContext http,
        JobReading reading,
        JobChanges changes,
        PublicUrl publicUrl,
        CancellationToken cancellation
    )
    {
        var address = $"{publicUrl.BaseFor(http.Request)}/fal/{owner}/{app}";

        return await reading.FindAsync(http.Owner(), id, cancellation) is { Count: > 0 }
            ? TypedResults.ServerSentEvents(FollowAsync(http.Owner(), id, address, reading, changes, cancellation))
            : FalProblem.NotFound;
    }

    private static async IAsyncEnumerable<FalRequest> FollowAsync(
        Owner owner,
        string id,
        string address,
        JobReading reading,
        JobChanges changes,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        while (await reading.FindAsync(owner, id, cancellation) is [var first, ..])
        {
            var next = changes.Next(first.GroupId);
            var request = FalRequest.From(await reading.FindAsync(owner, id, cancellation), address);
            yield return request;

            if (request.Status == FalRequest.Completed)
                yield break;

            await changes.WaitAsync(next, BetweenSigns, cancellation);
        }
    }

    private static async Task<Results<Ok<FalResult>, FalProblem>> GetResult(
        string owner,
        string app,
        string id,
        HttpContext http,
        JobReading reading,
        FalResults results,
        CancellationToken cancellation
    ) => await results.AnswerAsync(http, await reading.FindAsync(http.Owner(), id, cancellation), cancellation);

    private static async Task<Results<Accepted<FalCancelled>, FalProblem>> CancelRequest(
        string owner,
        string app,
        string id,
        HttpContext http,
        JobReading reading,
        IGrainFactory grains,
        CancellationToken cancellation
    )
    {
        if (await reading.FindAsync(http.Owner(), id, cancellation) is not { Count: > 0 } jobs)
            return FalProblem.NotFound;

        var cancelled = false;

        foreach (var job in jobs.Where(job => !job.HasEnded))
            cancelled |= await grains.GetGrain<IGenerationJobGrain>(job.Id).CancelAsync();

        return cancelled
            ? TypedResults.Accepted((string?)null, new FalCancelled("CANCELLATION_REQUESTED"))
            : new FalProblem(StatusCodes.Status400BadRequest, "ALREADY_COMPLETED");
    }

    private static async Task<Results<Ok<FalRequest>, FalProblem>> Submit(
        string owner,
        string app,
        HttpContext http,
        FalOrders orders,
        AnsweredOrders answered,
        PublicUrl publicUrl,
        CancellationToken cancellation,
        string? model = null
    )
    {
        var webhook = http.Request.Query[WebhookField].FirstOrDefault();
        var (jobs, problem) = await orders.CreateAsync(http, ModelPath(owner, app, model), webhook, cancellation);

        if (jobs is null)
            return problem!;

        answered.NoteWhenSent(http, jobs[0].Id);
        return TypedResults.Ok(FalRequest.From(jobs, $"{publicUrl.BaseFor(http.Request)}/fal/{owner}/{app}"));
    }

    private static async Task<Results<Ok<FalResult>, FalProblem>> Run(
        string owner,
        string app,
        HttpContext http,
        FalOrders orders,
        AnsweredOrders answered,
        JobWaiting waiting,
        FalResults results,
        CancellationToken cancellation,
        string? model = null
    )
    {
        var (jobs, problem) = await orders.CreateAsync(http, ModelPath(owner, app, model), null, cancellation);

        if (jobs is null)
            return problem!;

        answered.NoteWhenSent(http, jobs[0].Id);
        return await results.AnswerAsync(http, await waiting.WaitAsync(http.Owner(), jobs[0].Id, LongestRun, cancellation), cancellation);
    }

    private static Ok<KeySetResponse> GetKeys(FalWebhookKey key) => TypedResults.Ok(new KeySetResponse(key.Keys));

    private static string ModelPath(string owner, string app, string? model) =>
        string.IsNullOrEmpty(model) ? $"{owner}/{app}" : $"{owner}/{app}/{model}";
}

/// <summary>What a request answered with once it is over.</summary>
internal sealed class FalResults(IDbContextFactory<GenerationDb> databases, OutputLinks links, PublicUrl publicUrl)
{
    public async Task<Results<Ok<FalResult>, FalProblem>> AnswerAsync(
        HttpContext http,
        IReadOnlyList<GenerationJob> jobs,
        CancellationToken cancellation
    )
    {
        if (jobs.Count == 0)
            return FalProblem.NotFound;

        http.Response.Headers["x-fal-request-id"] = jobs[0].Id;

        if (JobResponse.StateOf(jobs) is var state && state != JobState.Succeeded)
            return state.ForCallers() is "failed" or "cancelled" ? FalProblem.From(jobs) : FalProblem.InProgress;

        await using var db = await databases.CreateDbContextAsync(cancellation);
        var ids = jobs.Select(job => job.Id).ToList();
        var outputs = await db.Outputs.AsNoTracking().Where(output => ids.Contains(output.JobId)).ToListAsync(cancellation);

        var urls = await links.ForAsync(outputs, publicUrl.BaseFor(http.Request), cancellation);

        return TypedResults.Ok(FalResult.From(jobs, outputs, urls));
    }
}
