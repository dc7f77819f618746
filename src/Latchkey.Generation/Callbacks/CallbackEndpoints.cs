using Latchkey.Generation.Bodies;
using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Problems;
using Latchkey.Generation.Providers;
using Latchkey.Generation.Providers.Fal;
using Latchkey.Generation.Providers.Kie;
using Latchkey.Platform.ApiDocuments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Callbacks;

/// <summary>
/// Where providers call back. What a callback says is never believed: it makes us ask the provider, which is why early, repeated, forged and
/// lost ones do no harm.
/// </summary>
internal static class CallbackEndpoints
{
    public static void MapCallbacks(this IEndpointRouteBuilder routes)
    {
        var callbacks = routes.MapGroup("/api/webhooks").WithTags("Callbacks");

        callbacks.MapGet("/kie", GetHealth).WithSummary("Whether callbacks can arrive here");
        callbacks.MapPost("/kie", TakeKie).WithSummary("Where KIE.ai calls back").TakesCallback();
        callbacks.MapPost("/fal", TakeFal).WithSummary("Where fal.ai calls back").TakesCallback();
    }

    private static RouteHandlerBuilder TakesCallback(this RouteHandlerBuilder route) =>
        route
            .TakesQuery(new RouteParameter(CallbackAddresses.TokenName, "The job's own part of the address."))
            .FailsWithError(StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized, StatusCodes.Status404NotFound);

    private static Ok<CallbackAnswer> GetHealth() => TypedResults.Ok(new CallbackAnswer(true, null));

    private static async Task<Results<Ok<CallbackAnswer>, GenerationProblem>> TakeKie(
        HttpContext http,
        KieSignature signature,
        GenerationDb db,
        GroupedWrites writes,
        IGrainFactory grains,
        CancellationToken cancellation
    )
    {
        var (body, unreadable) = await http.Request.ReadValuesAsync(cancellation);

        if (body is null)
            return unreadable!;

        using (body)
        {
            var taskId = KieCallback.TaskIdOf(body);

            if (!signature.IsGood(http.Request, taskId))
                return new GenerationProblem(StatusCodes.Status401Unauthorized, "Unauthorized");

            if (taskId is null)
                return GenerationProblem.Bad("Missing taskId");

            var token = http.Request.Query[CallbackAddresses.TokenName].FirstOrDefault();

            // With the shared secret alone, as older registrations have it, only a known task can be meant.
            var job =
                token is not null ? await db.FindJobByTokenAsync(token, cancellation)
                : signature.HasSecret ? await db.Jobs.AsNoTracking().FirstOrDefaultAsync(row => row.TaskId == taskId, cancellation)
                : null;

            if (job?.Provider != ProviderNames.Kie)
                return new GenerationProblem(StatusCodes.Status404NotFound, "No such job");

            await HearAsync(writes, grains, job, taskId, cancellation);

            return TypedResults.Ok(new CallbackAnswer(true, taskId));
        }
    }

    private static async Task<Results<Ok<CallbackAnswer>, GenerationProblem>> TakeFal(
        HttpContext http,
        FalCallback callback,
        GenerationDb db,
        GroupedWrites writes,
        IGrainFactory grains,
        CancellationToken cancellation
    )
    {
        var bytes = await http.Request.ReadBytesAsync(cancellation);

        if (!await callback.IsGoodAsync(http.Request.Headers, bytes, cancellation))
            return new GenerationProblem(StatusCodes.Status401Unauthorized, "Unauthorized");

        var (body, unreadable) = OrderBody.Parse(bytes);

        if (body is null)
            return unreadable!;

        using (body)
        {
            var token = http.Request.Query[CallbackAddresses.TokenName].FirstOrDefault() ?? "";
            var requestId = body.Text("request_id", "gateway_request_id");
            var job = await db.FindJobByTokenAsync(token, cancellation);

            if (job?.Provider != ProviderNames.Fal || requestId is null)
                return new GenerationProblem(StatusCodes.Status404NotFound, "No such job");

            await HearAsync(writes, grains, job, requestId, cancellation);

            return TypedResults.Ok(new CallbackAnswer(true, requestId));
        }
    }

    /// <summary>
    /// A task's name is written before the callback is acknowledged: of a submission whose answer was lost nobody may ever tell it again, and
    /// this process may die at any moment.
    /// </summary>
    private static async Task HearAsync(
        GroupedWrites writes,
        IGrainFactory grains,
        GenerationJob job,
        string taskId,
        CancellationToken cancellation
    )
    {
        if (job.HasEnded)
            return;

        if (job.TaskId is null)
            await writes.RunAsync(
                db =>
                    db.Jobs.Where(row => row.Id == job.Id && row.TaskId == null && JobStates.AtProvider.Contains(row.State))
                        .ExecuteUpdateAsync(row => row.SetProperty(its => its.TaskId, taskId), cancellation),
                cancellation
            );

        await grains.GetGrain<IGenerationJobGrain>(job.Id).HintAsync(taskId);
    }
}

internal sealed record CallbackAnswer(bool Success, string? TaskId);
