using System.Text.Json.Serialization;
using Latchkey.Platform.Settings;
using Microsoft.AspNetCore.Http;

namespace Latchkey.App.Problems;

/// <summary>An error as the app's clients know it: <c>{"success":false,"error":"…","details":"…"}</c>.</summary>
internal sealed record AppProblem(int Status, string Error, string? Details = null) : IResult, IStatusCodeHttpResult
{
    public static AppProblem VideoNotFound { get; } = new(StatusCodes.Status404NotFound, "Video not found");

    public static AppProblem SignInRequired { get; } =
        new(StatusCodes.Status401Unauthorized, "Unauthorized", "Send an API key with scope app, as Authorization: Bearer <key>.");

    public static AppProblem ScopeMissing { get; } =
        new(StatusCodes.Status403Forbidden, "Forbidden", "This API key does not have scope app.");

    public static AppProblem TooManyRequests { get; } = new(StatusCodes.Status429TooManyRequests, "Too many requests");

    int? IStatusCodeHttpResult.StatusCode => Status;

    /// <summary>The guide's words: its clients compare them.</summary>
    public static AppProblem NotConfigured(LatchkeySettings settings) =>
        new(
            StatusCodes.Status500InternalServerError,
            "API Video service not configured",
            AppSettings.WantsUpstream(settings) && settings.IsSet(AppSettings.ApiVideoKey)
                ? "APP_VIDEO=upstream is not built yet"
                : "API_VIDEO_KEY is required"
        );

    public static AppProblem BadRequest(string details) => new(StatusCodes.Status400BadRequest, "Invalid request", details);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;

        if (Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";

        return response.WriteAsJsonAsync(new AppProblemBody(Error, Details), httpContext.RequestAborted);
    }
}

internal sealed record AppProblemBody(string Error, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Details)
{
    [JsonPropertyOrder(-1)]
    public bool Success => false;
}
