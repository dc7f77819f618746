using System.Text.Json.Serialization;

namespace Latchkey.Video.Videos;

/// <summary>A video as the API shows it.</summary>
internal sealed record VideoResponse
{
    public required string VideoId { get; init; }
    public required string Title { get; init; }
    public required string Description { get; init; }
    public required bool Public { get; init; }
    public required bool Panoramic { get; init; }
    public required bool Mp4Support { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? PlayerId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset PublishedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required bool Discarded { get; init; }
    public DateTimeOffset? DiscardedAt { get; init; }
    public DateTimeOffset? DeletesAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Language { get; init; }

    public string? LanguageOrigin { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public required IReadOnlyList<MetadataResponse> Metadata { get; init; }
    public required VideoSourceResponse Source { get; init; }

    /// <summary>Of a discarded video there is nothing to watch.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required VideoAddresses? Assets { get; init; }

    public static VideoResponse From(VideoObject video, VideoAddresses? assets) =>
        new()
        {
            VideoId = video.Id,
            Title = video.Title,
            Description = video.Description,
            Public = video.Public,
            Panoramic = video.Panoramic,
            Mp4Support = video.Mp4Support,
            PlayerId = video.PlayerId,
            CreatedAt = video.CreatedAt,
            PublishedAt = video.PublishedAt,
            UpdatedAt = video.UpdatedAt,
            Discarded = video.DiscardedAt is not null,
            DiscardedAt = video.DiscardedAt,
            DeletesAt = video.DiscardedAt is null ? null : video.DeletesAt,
            Language = video.Language,
            LanguageOrigin = video.Language is null ? null : "api",
            Tags = [.. video.Tags.OrderBy(tag => tag.Position).Select(tag => tag.Value)],
            Metadata = [.. video.Metadata.OrderBy(entry => entry.Position).Select(entry => new MetadataResponse(entry.Key, entry.Value))],
            Source = VideoSourceResponse.Of(video),
            Assets = video.DiscardedAt is null ? assets : null,
        };
}

internal sealed record MetadataResponse(string Key, string Value);

internal sealed record VideoSourceResponse(string Uri, string Type, VideoLiveStreamResponse? LiveStream)
{
    public static VideoSourceResponse Of(VideoObject video) =>
        video.LiveStreamId is { } stream
            ? new($"/videos/{video.Id}/source", "liveStream", new(stream, [new("self", $"/live-streams/{stream}")]))
            : new($"/videos/{video.Id}/source", "upload", null);
}

internal sealed record VideoLiveStreamResponse(string LiveStreamId, IReadOnlyList<VideoLiveStreamLink> Links);

internal sealed record VideoLiveStreamLink(string Rel, string Uri);
