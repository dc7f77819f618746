namespace Latchkey.Video.Videos;

/// <summary>The body of a creation as the API's document shows it; <see cref="VideoBody"/> reads it, and says what is wrong with it.</summary>
internal sealed record CreateVideoBody : CommonVideoBody
{
    public required string Title { get; init; }

    /// <summary>The address of a file, or the id of a video to copy.</summary>
    public string? Source { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    public ClipBody? Clip { get; init; }

    public WatermarkBody? Watermark { get; init; }
}

/// <summary>The body of a change: what is absent stays as it is.</summary>
internal sealed record ChangeVideoBody : CommonVideoBody
{
    public string? Title { get; init; }
}

internal abstract record CommonVideoBody
{
    public string? Description { get; init; }
    public bool? Public { get; init; }
    public bool? Panoramic { get; init; }
    public bool? Mp4Support { get; init; }
    public string? PlayerId { get; init; }
    public string? Language { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public IReadOnlyList<MetadataResponse>? Metadata { get; init; }
    public bool? Transcript { get; init; }
    public bool? TranscriptSummary { get; init; }
    public IReadOnlyList<string>? TranscriptSummaryAttributes { get; init; }
    public DateTimeOffset? ScheduledAt { get; init; }
}

internal sealed record ClipBody(string? StartTimecode, string? EndTimecode);

internal sealed record WatermarkBody(string Id);
