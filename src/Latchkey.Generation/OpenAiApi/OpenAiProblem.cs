using System.Text.Json;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Problems;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.OpenAiApi;

/// <summary>An error as OpenAI's clients know it.</summary>
internal sealed record OpenAiProblem(int Status, string Message, string Type, string? Code) : IResult
{
    /// <summary>The field that is to blame.</summary>
    public string? Param { get; init; }

    private const string InvalidRequest = "invalid_request_error";

    public static OpenAiProblem NotFound(string what) =>
        new(StatusCodes.Status404NotFound, what + " not found.", InvalidRequest, "not_found");

    public static OpenAiProblem Bad(string message) => new(StatusCodes.Status400BadRequest, message, InvalidRequest, "invalid_value");

    public static OpenAiProblem NoModel { get; } =
        new(StatusCodes.Status404NotFound, "The model does not exist or you do not have access to it.", InvalidRequest, "model_not_found");

    /// <param name="param">The field that asks for it, if one does.</param>
    public static OpenAiProblem Unsupported(string message, string? param = null) =>
        new(StatusCodes.Status400BadRequest, message, InvalidRequest, param is null ? "unsupported_operation" : "unsupported_parameter")
        {
            Param = param,
        };

    public static OpenAiProblem From(GenerationProblem problem) =>
        problem switch
        {
            { Status: 401 } => new(problem.Status, "Incorrect API key provided.", InvalidRequest, "invalid_api_key"),
            { Status: 402 } => new(StatusCodes.Status429TooManyRequests, problem.Sentence, "insufficient_quota", "insufficient_quota"),
            { Error: "Invalid model" or "Invalid video model" } => NoModel,
            { Status: 500 } => new(problem.Status, problem.Error, "server_error", "not_configured"),
            { Status: > 500 } => new(problem.Status, problem.Error, "server_error", null),
            _ => new(problem.Status, problem.Sentence, InvalidRequest, null),
        };

    /// <summary>
    /// Of a job that did not deliver. It was made and has ended, so the request must not be repeated, as OpenAI's .NET client does after every
    /// 5xx, whatever the headers say: hence 422.
    /// </summary>
    public static OpenAiProblem From(IReadOnlyList<GenerationJob> jobs)
    {
        var failed = jobs.FirstOrDefault(job => job.Reason is not null);

        return failed?.Reason == "content_policy"
            ? new(StatusCodes.Status400BadRequest, failed.Message!, InvalidRequest, "moderation_blocked")
            : new(
                StatusCodes.Status422UnprocessableEntity,
                failed?.Message ?? "It could not be made.",
                "server_error",
                failed?.Reason ?? "timeout"
            );
    }

    public OpenAiProblemBody Body => new(new OpenAiProblemDetail(Message, Type, Param, Code));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;

        // OpenAI's clients repeat a POST by themselves, and know no idempotency key.
        response.Headers["x-should-retry"] = "false";

        return response.WriteAsJsonAsync(Body, JsonSerializerOptions.Web, httpContext.RequestAborted);
    }
}

/// <summary>Errors that no handler answered, in OpenAI's shape.</summary>
internal sealed class OpenAiProblemWriter : IProblemWriter
{
    public Task WriteAsync(HttpContext context, int status, Exception? failure) =>
        (
            status >= 500
                ? new OpenAiProblem(status, "The server had an error.", "server_error", null)
                : new OpenAiProblem(status, "Invalid request.", "invalid_request_error", status == 404 ? "unknown_url" : null)
        ).ExecuteAsync(context);
}
