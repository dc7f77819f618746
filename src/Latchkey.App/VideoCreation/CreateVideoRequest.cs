using System.Globalization;
using Latchkey.App.Problems;

namespace Latchkey.App.VideoCreation;

/// <summary>The body of <c>POST /api/video/create</c>. Every field may be absent, and so may the whole body.</summary>
internal sealed record CreateVideoRequest(string? Title = null, string? Description = null, IReadOnlyList<string>? Tags = null)
{
    private const int LongestTitle = 255;
    private const int LongestDescription = 5_000;
    private const int MostTags = 50;
    private const int LongestTag = 100;

    public AppProblem? FindProblem()
    {
        if (Title?.Length > LongestTitle)
            return AppProblem.BadRequest($"title must not be longer than {LongestTitle} characters.");

        if (Description?.Length > LongestDescription)
            return AppProblem.BadRequest($"description must not be longer than {LongestDescription} characters.");

        if (Tags?.Count > MostTags)
            return AppProblem.BadRequest($"tags must not have more than {MostTags} entries.");

        if (Tags?.Any(tag => string.IsNullOrWhiteSpace(tag) || tag.Length > LongestTag) == true)
            return AppProblem.BadRequest($"Each of tags must be text of 1 to {LongestTag} characters.");

        return null;
    }

    /// <summary>A video must have a title; one that was made without is named after its moment.</summary>
    public string TitleOr(DateTimeOffset now) =>
        string.IsNullOrWhiteSpace(Title) ? now.ToString("'Video' yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : Title.Trim();

    public IReadOnlyList<string> DistinctTags() => Tags is null ? [] : [.. Tags.Select(tag => tag.Trim()).Distinct(StringComparer.Ordinal)];
}
