using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Problems;

/// <summary>An error as the module's callers know it: <c>{"error":"…"}</c>, and what else a particular one says.</summary>
internal sealed record GenerationProblem(int Status, string Error) : IResult, IStatusCodeHttpResult
{
    private readonly Dictionary<string, object?> _more = new(StringComparer.Ordinal);

    public static GenerationProblem SignInRequired { get; } = new(StatusCodes.Status401Unauthorized, "Unauthorized");

    public static GenerationProblem SignInUncertain { get; } =
        new(StatusCodes.Status503ServiceUnavailable, "Supabase cannot be asked about this token now. Try again in a moment.");

    public static GenerationProblem ScopeMissing { get; } =
        new(StatusCodes.Status403Forbidden, "This API key does not have scope generation");

    public static GenerationProblem AdminOnly { get; } = new(StatusCodes.Status403Forbidden, "This needs an API key with scope admin");

    public static GenerationProblem JobNotFound { get; } = new(StatusCodes.Status404NotFound, "Job not found");

    public static GenerationProblem GenerationNotFound { get; } = new(StatusCodes.Status404NotFound, "Generation not found");

    public static GenerationProblem StorageAway { get; } =
        new(StatusCodes.Status502BadGateway, "The storage of this file does not answer now. Try again in a moment.");

    int? IStatusCodeHttpResult.StatusCode => Status;

    /// <summary>The error and its details in one sentence, for façades that have one field for both.</summary>
    public string Sentence =>
        _more.GetValueOrDefault("details") switch
        {
            string detail => $"{Error}: {detail}",
            IEnumerable<string> details => $"{Error}: {string.Join("; ", details)}",
            _ => Error,
        };

    public static GenerationProblem Bad(string error) => new(StatusCodes.Status400BadRequest, error);

    public static GenerationProblem Invalid(params string[] details) => Bad("Invalid request").With("details", details);

    /// <summary>The contract's words and status: its web pages look for them.</summary>
    public static GenerationProblem NotConfigured(string provider, IReadOnlyList<string> missing) =>
        new GenerationProblem(StatusCodes.Status500InternalServerError, "Integration is not configured")
            .With("provider", provider)
            .With("hint", "Set required env vars in .env.local or platform env")
            .With("missing", missing.Count == 0 ? null : missing);

    /// <summary>Adds a field to the body; <c>null</c> adds nothing.</summary>
    public GenerationProblem With(string name, object? value)
    {
        var copy = new GenerationProblem(Status, Error);

        foreach (var (known, its) in _more)
            copy._more[known] = its;

        if (value is not null)
            copy._more[name] = value;

        return copy;
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;

        if (Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";

        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { ["error"] = Error };

        foreach (var (name, value) in _more)
            body[name] = value;

        return response.WriteAsJsonAsync(body, JsonSerializerOptions.Web, httpContext.RequestAborted);
    }

    public bool Equals(GenerationProblem? other) => other is not null && Status == other.Status && Error == other.Error;

    public override int GetHashCode() => HashCode.Combine(Status, Error);
}
