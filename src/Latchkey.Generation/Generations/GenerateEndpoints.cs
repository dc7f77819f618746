using System.Text.Json.Serialization;
using Latchkey.Generation.Bodies;
using Latchkey.Generation.Data;
using Latchkey.Generation.Models;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Problems;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Generations;

/// <summary>Orders of pictures and clips.</summary>
internal static class GenerateEndpoints
{
    public static void MapGenerate(this RouteGroupBuilder api)
    {
        api.MapPost("/api/generate/photo", CreatePhoto).WithSummary("Order a picture, or a change of one").TakesOrder();
        api.MapPost("/api/generate/video", CreateVideo).WithSummary("Order a clip").TakesOrder();
    }

    private static RouteHandlerBuilder TakesOrder(this RouteHandlerBuilder route) =>
        route
            .WithTags("Orders")
            .TakesJsonOrForm<OrderRequest>()
            .TakesHeader("Idempotency-Key", "Orders under the same key are one order.")
            .FailsWithError(
                StatusCodes.Status400BadRequest,
                StatusCodes.Status402PaymentRequired,
                StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict,
                StatusCodes.Status413PayloadTooLarge,
                StatusCodes.Status500InternalServerError
            );

    private static Task<Results<Ok<OrderResponse>, GenerationProblem>> CreatePhoto(
        HttpContext http,
        BodyReader bodies,
        OrderIntake intake,
        OrderAnswers answers,
        CancellationToken cancellation
    ) => CreateAsync(MediaKind.Image, http, bodies, intake, answers, cancellation);

    private static Task<Results<Ok<OrderResponse>, GenerationProblem>> CreateVideo(
        HttpContext http,
        BodyReader bodies,
        OrderIntake intake,
        OrderAnswers answers,
        CancellationToken cancellation
    ) => CreateAsync(MediaKind.Video, http, bodies, intake, answers, cancellation);

    private static async Task<Results<Ok<OrderResponse>, GenerationProblem>> CreateAsync(
        MediaKind kind,
        HttpContext http,
        BodyReader bodies,
        OrderIntake intake,
        OrderAnswers answers,
        CancellationToken cancellation
    )
    {
        var (body, unreadable) = await bodies.ReadAsync(http.Request, cancellation);

        if (body is null)
            return unreadable!;

        using (body)
        {
            var (taken, problem) = await intake.TakeAsync(http, body, body.Json, kind, DeliveryOf, cancellation);

            return taken is null ? problem! : TypedResults.Ok(await answers.AnswerAsync(http, taken, cancellation));
        }
    }

    private static OrderDelivery DeliveryOf(OrderBody body) => new(body.Text("webhookUrl"), body.Text("publish") == "true");
}

/// <summary>Answers an order in our own words.</summary>
internal sealed class OrderAnswers(JobReading reading, AnsweredOrders answered, PublicUrl publicUrl)
{
    public async Task<OrderResponse> AnswerAsync(HttpContext http, TakenOrder taken, CancellationToken cancellation)
    {
        var (order, jobs) = taken;
        answered.NoteWhenSent(http, jobs[0].Id);

        var job = await reading.RespondAsync(jobs, publicUrl.BaseFor(http.Request), cancellation);

        return new OrderResponse(
            true,
            job.JobId,
            job.Status,
            order.Model.EstimatedSeconds,
            jobs.Sum(row => row.Cost),
            job.JobId,
            job.Provider,
            job.Kind,
            order.Mode,
            UsedFallback: jobs.Any(row => row.RouteIndex > 0),
            job.Results.Count > 0 ? job.Results : null,
            order.Warnings.Count > 0 ? string.Join("; ", order.Warnings) : null
        );
    }
}

internal sealed record OrderResponse(
    bool Success,
    string JobId,
    string Status,
    int EstimatedTime,
    int CreditCost,
    string GenerationId,
    string Provider,
    string Kind,
    string Mode,
    bool UsedFallback,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<JobResult>? Results,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Warning
);

/// <summary>What an order may hold, for the document of the API; <see cref="OrderReader"/> reads it, and more spellings of it.</summary>
internal sealed record OrderRequest(string Model, string? Prompt)
{
    public string? Mode { get; init; }
    public string? AspectRatio { get; init; }
    public string? Quality { get; init; }
    public string? Resolution { get; init; }
    public int? Duration { get; init; }
    public int? Variants { get; init; }
    public string? NegativePrompt { get; init; }
    public string? OutputFormat { get; init; }
    public bool? Audio { get; init; }
    public IReadOnlyList<string>? ReferenceImages { get; init; }
    public string? StartImage { get; init; }
    public string? EndImage { get; init; }
    public string? ReferenceVideo { get; init; }
    public string? ReferenceAudio { get; init; }
    public string? SourceGenerationId { get; init; }
    public string? WebhookUrl { get; init; }
    public bool? Publish { get; init; }
}
