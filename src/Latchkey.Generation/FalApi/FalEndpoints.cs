using System.Text.Json.Serialization;
using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Owners;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Generation.FalApi;

/// <summary>fal.ai's queue, on our jobs. As there, a request that failed is COMPLETED, and its result answers with the error.</summary>
internal static class FalEndpoints
{
    public static void MapFal(this IEndpointRouteBuilder routes)
    {
        var api = routes
            .MapGroup("/fal/{owner}/{app}")
            .AddEndpointFilter(RequireOwnerAsync)
            .WithTags("fal-compatible")
            .SecuredBy("bearer")
            .Fails(
                typeof(FalProblemBody),
                StatusCodes.Status400BadRequest,
                StatusCodes.Status401Unauthorized,
                StatusCodes.Status403Forbidden,
                StatusCodes.Status404NotFound,
                StatusCodes.Status422UnprocessableEntity
            );

        api.MapGet("/requests/{id}/status", GetStatus).WithSummary("How a request is getting on");
        api.MapGet("/requests/{id}", GetResult).WithSummary("What came of a request").Produces<FalResult>();
        api.MapPut("/requests/{id}/cancel", CancelRequest)
            .WithSummary("Cancel a request")
            .Produces<FalCancelled>(StatusCodes.Status202Accepted);
        api.MapPost("/{**model}", Submit).WithSummary("Order from a model by fal.ai's name, or from latchkey/ and one of ours");
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

    private static async Task<Results<Ok<FalResult>, FalProblem>> GetResult(
        string owner,
        string app,
        string id,
        HttpContext http,
        JobReading reading,
        GenerationDb db,
        OutputLinks links,
        PublicUrl publicUrl,
        CancellationToken cancellation
    )
    {
        if (await reading.FindAsync(http.Owner(), id, cancellation) is not { Count: > 0 } jobs)
            return FalProblem.NotFound;

        if (JobResponse.StateOf(jobs) is var state && state != JobState.Succeeded)
            return state.ForCallers() is "failed" or "cancelled" ? FalProblem.From(jobs) : FalProblem.InProgress;

        var ids = jobs.Select(job => job.Id).ToList();
        var outputs = await db.Outputs.AsNoTracking().Where(output => ids.Contains(output.JobId)).ToListAsync(cancellation);
        var files = outputs.ConvertAll(output => FalFile.From(output, links, publicUrl.BaseFor(http.Request)));

        return TypedResults.Ok(
            jobs[0].Kind == MediaKind.Video ? new FalResult(files[0], null, jobs[0].Prompt) : new FalResult(null, files, jobs[0].Prompt)
        );
    }

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
        OrderAnswers answers,
        PublicUrl publicUrl,
        CancellationToken cancellation,
        string? model = null
    )
    {
        if (http.Request.Query.ContainsKey("fal_webhook"))
            return FalProblem.Invalid("fal_webhook is not supported; ask for the status, or order with webhookUrl at /api/generate");

        var path = string.IsNullOrEmpty(model) ? $"{owner}/{app}" : $"{owner}/{app}/{model}";
        var (jobs, problem) = await orders.CreateAsync(http, http.Owner(), path, cancellation);

        if (jobs is null)
            return problem!;

        answers.MarkWhenSent(http, jobs[0].Id);
        return TypedResults.Ok(FalRequest.From(jobs, $"{publicUrl.BaseFor(http.Request)}/fal/{owner}/{app}"));
    }
}

internal sealed record FalRequest(
    string Status,
    [property: JsonPropertyName("request_id")] string RequestId,
    [property: JsonPropertyName("response_url")] string ResponseUrl,
    [property: JsonPropertyName("status_url")] string StatusUrl,
    [property: JsonPropertyName("cancel_url")] string CancelUrl
)
{
    public IReadOnlyList<string> Logs { get; } = [];

    /// <param name="app">The address of owner and app.</param>
    public static FalRequest From(IReadOnlyList<GenerationJob> jobs, string app)
    {
        var request = $"{app}/requests/{jobs[0].Id}";
        var status = JobResponse.StateOf(jobs).ForCallers() switch
        {
            "queued" => "IN_QUEUE",
            "processing" => "IN_PROGRESS",
            _ => "COMPLETED",
        };

        return new(status, jobs[0].Id, request, request + "/status", request + "/cancel");
    }
}

internal sealed record FalResult(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FalFile? Video,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FalFile>? Images,
    string Prompt
);

internal sealed record FalFile(
    string Url,
    [property: JsonPropertyName("content_type")] string ContentType,
    [property: JsonPropertyName("file_name")] string FileName,
    [property: JsonPropertyName("file_size")] long FileSize,
    int? Width,
    int? Height
)
{
    public static FalFile From(GenerationOutput output, OutputLinks links, string baseUrl) =>
        new(
            links.Original(output, baseUrl),
            output.ContentType,
            Path.GetFileName(output.FileKey),
            output.Bytes,
            output.Width,
            output.Height
        );
}

internal sealed record FalCancelled(string Status);

internal sealed record FalProblemBody(string Detail);
