using Latchkey.Video.Api;

namespace Latchkey.Video.Videos;

/// <summary>What a body asks of a video, checked: for a new one, or as a merge patch, where <c>null</c> means "not given".</summary>
internal sealed record VideoDraft
{
    public string? Title { get; init; }
    public string? Description { get; init; }

    /// <summary>Only at creation: an address to fetch from, or the id of a video to copy.</summary>
    public string? Source { get; init; }

    public bool? Public { get; init; }
    public bool? Panoramic { get; init; }
    public bool? Mp4Support { get; init; }
    public Optional<string?> PlayerId { get; init; }
    public Optional<string?> Language { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public IReadOnlyList<KeyValuePair<string, string>>? Metadata { get; init; }
    public bool? Transcript { get; init; }
    public bool? TranscriptSummary { get; init; }
    public IReadOnlyList<string>? TranscriptSummaryAttributes { get; init; }

    /// <summary>Only at creation, in seconds.</summary>
    public double ClipStart { get; init; }
    public double? ClipEnd { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }
}
