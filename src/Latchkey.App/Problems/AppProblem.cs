using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Latchkey.App.Problems;

/// <summary>An error as the app's clients know it: <c>{"success":false,"error":"…","details":"…"}</c>.</summary>
internal sealed record AppProblem(int Status, string Error, string? Details = null) : IResult, IStatusCodeHttpResult
{
    /// <summary>The guide's words: clients compare them.</summary>
    public static AppProblem NotConfigured { get; } =
        new(StatusCodes.Status500InternalServerError, "API Video service not configured", "API_VIDEO_KEY is required");

    public static AppProblem VideoNotFound { get; } = new(StatusCodes.Status404NotFound, "Video not found");

    public static AppProblem SignInRequired { get; } =
        new(StatusCodes.Status401Unauthorized, "Unauthorized", "Send an API key with scope app, as Authorization: Bearer <key>.");

    public static AppProblem ScopeMissing { get; } =
        new(StatusCodes.Status403Forbidden, "Forbidden", "This API key does not have scope app.");

    public TimeSpan? RetryAfter { get; private init; }

    int? IStatusCodeHttpResult.StatusCode => Status;

    public static AppProblem BadRequest(string details) => new(StatusCodes.Status400BadRequest, "Invalid request", details);

    public static AppProblem TooManyRequests(TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, "Too many requests") { RetryAfter = retryAfter };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;

        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);

        if (Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";

        return response.WriteAsJsonAsync(new Body(Error, Details), httpContext.RequestAborted);
    }

    private sealed record Body(
        string Error,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Details
    )
    {
        [JsonPropertyOrder(-1)]
        public bool Success => false;
    }
}
