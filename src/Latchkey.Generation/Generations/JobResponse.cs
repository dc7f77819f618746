using System.Globalization;
using System.Text.Json.Serialization;
using Latchkey.Generation.Outputs;

namespace Latchkey.Generation.Generations;

/// <summary>A job, with its variants, as its caller sees it.</summary>
internal sealed record JobResponse(
    bool Success,
    string JobId,
    string GenerationId,
    string Status,
    int Progress,
    IReadOnlyList<JobResult> Results,
    IReadOnlyList<string> Outputs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ResultUrl,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? VideoUrl,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ErrorCode,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? VideoId,
    string Kind,
    string Provider,
    string Model,
    int CreditCost
)
{
    /// <param name="jobs">A job and its variants, in their order.</param>
    public static JobResponse From(IReadOnlyList<GenerationJob> jobs, IReadOnlyList<GenerationOutput> outputs, OutputUrls links)
    {
        var first = jobs[0];
        var state = StateOf(jobs);
        var results = jobs.SelectMany(job => outputs.Where(output => output.JobId == job.Id).OrderBy(output => output.Index))
            .Select((output, number) => JobResult.From(first.Id, number, output, links))
            .ToList();
        var failed = jobs.FirstOrDefault(job => job.State is JobState.Failed or JobState.Overdue);

        return new(
            Success: true,
            first.Id,
            first.Id,
            state.ForCallers(),
            state == JobState.Succeeded ? 100 : (int)jobs.Average(job => job.Progress),
            results,
            [.. results.Select(result => result.Url)],
            results.Count > 0 ? results[0].Url : null,
            first.Kind == MediaKind.Video && results.Count > 0 ? results[0].Url : null,
            state == JobState.Succeeded ? null : failed?.Message ?? (state == JobState.Cancelled ? JobReasons.CancelledByUser : null),
            state == JobState.Succeeded ? null : failed?.Reason,
            first.PublishedVideoId,
            first.Kind == MediaKind.Image ? "image" : "video",
            first.Provider,
            first.ModelId,
            jobs.Sum(job => job.State is JobState.Failed or JobState.Cancelled ? 0 : job.Cost)
        );
    }

    /// <summary>Variants are one to their caller: under way while one is, and completed when one is and none is under way.</summary>
    public static JobState StateOf(IReadOnlyList<GenerationJob> jobs)
    {
        if (jobs.FirstOrDefault(job => !job.HasEnded && job.State != JobState.Overdue) is { } underWay)
            return jobs.Any(job => job.State != JobState.Created) && underWay.State == JobState.Created ? JobState.Running : underWay.State;

        return jobs.FirstOrDefault(job => job.State == JobState.Succeeded)?.State
            ?? jobs.FirstOrDefault(job => job.State == JobState.Overdue)?.State
            ?? jobs.FirstOrDefault(job => job.State == JobState.Failed)?.State
            ?? JobState.Cancelled;
    }
}

/// <param name="Duration">Seconds.</param>
internal sealed record JobResult(
    string Id,
    string Url,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ThumbnailUrl,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PreviewUrl,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Width,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Height,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Duration,
    string ContentType
)
{
    public static JobResult From(string jobId, int number, GenerationOutput output, OutputUrls links) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"{jobId}_{number}"),
            links.Original(output),
            output.PosterKey is null ? null : links.Poster(output),
            output.PreviewKey is null ? null : links.Preview(output),
            output.Width,
            output.Height,
            output.Seconds,
            output.ContentType
        );
}
