using System.Text.Json;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Problems;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.FalApi;

/// <summary>An error as fal.ai's clients know it: <c>detail</c> is a sentence, or a list of what is wrong with the input.</summary>
internal sealed record FalProblem(int Status, object Detail) : IResult
{
    public static FalProblem NotFound { get; } = new(StatusCodes.Status404NotFound, "Not found");

    public static FalProblem InProgress { get; } = new(StatusCodes.Status400BadRequest, "Request is still in progress");

    public static FalProblem Invalid(string message, string type = "value_error") =>
        new(StatusCodes.Status422UnprocessableEntity, new[] { new FalDetail(["body"], message, type) });

    public static FalProblem From(GenerationProblem problem) =>
        problem.Status == StatusCodes.Status400BadRequest ? Invalid(problem.Sentence) : new(problem.Status, problem.Sentence);

    /// <summary>Of a request that is over and failed: fal.ai tells it where the result would be.</summary>
    public static FalProblem From(IReadOnlyList<GenerationJob> jobs)
    {
        var failed = jobs.FirstOrDefault(job => job.Reason is not null);
        return Invalid(failed?.Message ?? "It was cancelled.", failed?.Reason ?? "cancelled");
    }

    public object Body => new { detail = Detail };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Status;
        return httpContext.Response.WriteAsJsonAsync(Body, JsonSerializerOptions.Web, httpContext.RequestAborted);
    }
}

internal sealed record FalDetail(IReadOnlyList<string> Loc, string Msg, string Type);

/// <summary>Errors that no handler answered, in fal.ai's shape.</summary>
internal sealed class FalProblemWriter : IProblemWriter
{
    public Task WriteAsync(HttpContext context, int status, Exception? failure) =>
        new FalProblem(
            status,
            status >= 500 ? "Internal server error"
                : status == 413 ? "Request body is too large"
                : status == 404 ? "Not found"
                : "Invalid request"
        ).ExecuteAsync(context);
}
