using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Video.Api;

/// <summary>An error as api.video words it. Handlers return it; deeper code throws it as <see cref="ProblemException"/>.</summary>
/// <param name="Type">A page of the catalogue; the pagination problem alone has none.</param>
/// <param name="Name">The attribute or parameter it is about; an empty name is written too.</param>
internal sealed record Problem(int Status, string? Type, string Title, string? Name = null, string? Detail = null) : IResult
{
    private const string TypeBase = "https://docs.api.video/reference/";

    public ProblemRange? Range { get; init; }

    /// <summary>All that is wrong, when it is more than one thing; the first is also the problem itself.</summary>
    public IReadOnlyList<Problem>? Problems { get; init; }

    [JsonIgnore]
    public string? Slug => Type?[TypeBase.Length..];

    public static Problem Of(int status, string slug, string title, string? name = null, string? detail = null) =>
        new(status, TypeBase + slug, title, name, detail);

    public static Problem All(IReadOnlyList<Problem> problems) =>
        problems.Count == 1 ? problems[0] : problems[0] with { Problems = problems };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Status;
        return httpContext.Response.WriteAsJsonAsync(this, ApiJson.Options, ApiJson.ContentType, httpContext.RequestAborted);
    }
}

internal sealed record ProblemRange(long Min, long? Max);

/// <summary>A problem found where there is no answer to return; the routes' filter turns it into one.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Title)
{
    public Problem Problem { get; } = problem;
}
