using System.Text.Json.Serialization;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;

namespace Latchkey.Generation.Library;

/// <summary>A generation as the library shows it; the names are the contract's.</summary>
internal sealed record LibraryItem(
    string Id,
    [property: JsonPropertyName("user_id")] string UserId,
    string Type,
    string Status,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("updated_at")] DateTimeOffset UpdatedAt,
    string Prompt,
    [property: JsonPropertyName("model_id")] string ModelId,
    [property: JsonPropertyName("model_name")] string ModelName,
    [property: JsonPropertyName("is_favorite")] bool IsFavorite,
    [property: JsonPropertyName("preview_status")] string PreviewStatus,
    [property: JsonPropertyName("credits_used")] int CreditsUsed,
    string? Error,
    IReadOnlyList<string> ResultUrls,
    string? OriginalUrl,
    string? PreviewUrl,
    string? PosterUrl,
    string? DisplayUrl
)
{
    public static LibraryItem From(IReadOnlyList<GenerationJob> jobs, IReadOnlyList<GenerationOutput> outputs, OutputUrls links)
    {
        var first = jobs[0];
        var state = JobResponse.StateOf(jobs);
        var its = jobs.SelectMany(job => outputs.Where(output => output.JobId == job.Id).OrderBy(output => output.Index)).ToList();
        var urls = its.ConvertAll(output => links.Original(output));
        var poster = its.Find(output => output.PosterKey is not null) is { } shown ? links.Poster(shown) : null;
        var preview = its.Find(output => output.PreviewKey is not null) is { } small ? links.Preview(small) : null;
        var original = urls.FirstOrDefault();

        return new(
            first.Id,
            first.OwnerId,
            first.Kind == MediaKind.Image ? "photo" : "video",
            state == JobState.Succeeded ? "success" : state.ForCallers(),
            first.CreatedAt,
            jobs.Max(job => job.UpdatedAt),
            first.Prompt,
            first.ModelId,
            first.ModelName,
            first.IsFavorite,
            PreviewStatusOf(its),
            jobs.Sum(job => job.State is JobState.Failed or JobState.Cancelled ? 0 : job.Cost),
            state == JobState.Succeeded ? null : jobs.FirstOrDefault(job => job.Message is not null)?.Message,
            urls,
            original,
            preview ?? (first.Kind == MediaKind.Image ? original : null),
            poster,
            preview ?? poster ?? original
        );
    }

    private static string PreviewStatusOf(List<GenerationOutput> outputs) =>
        outputs.Count == 0 ? "none"
        : outputs.Exists(output => output.PreviewState == PreviewState.Processing) ? "processing"
        : outputs.Exists(output => output.PreviewState == PreviewState.Ready) ? "ready"
        : "failed";
}

/// <param name="Count">Of the items in this answer.</param>
internal sealed record LibraryResponse(IReadOnlyList<LibraryItem> Items, int Count, LibraryMeta Meta);

internal sealed record LibraryMeta(int Limit, int Offset, bool HasMore);
