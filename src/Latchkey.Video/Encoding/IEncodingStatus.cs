using System.Text.Json.Serialization;
using Latchkey.Video.Data;

namespace Latchkey.Video.Encoding;

/// <summary>How far encoding is, as <c>GET /videos/{id}/status</c> tells it.</summary>
internal interface IEncodingStatus
{
    /// <summary>Of a video that nothing was asked for: nothing playable, no qualities.</summary>
    Task<EncodingStatusResponse> GetAsync(VideoDb db, string videoId, CancellationToken cancellation);
}

/// <param name="Playable">Playlists answer, and their segments come when asked for.</param>
internal sealed record EncodingStatusResponse(
    bool Playable,
    IReadOnlyList<EncodingQualityResponse> Qualities,
    EncodingMetadataResponse Metadata
)
{
    public static EncodingStatusResponse None { get; } = new(false, [], new EncodingMetadataResponse());

    /// <summary>Ours: the named reason why the video will not play, such as <c>no_video</c>. Left out of all others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FailureReason { get; init; }

    /// <summary>Of a source that cannot be shown: the one quality that every video would have had, failed, so that clients stop waiting.</summary>
    public static EncodingStatusResponse Failed(string? reason) =>
        None with
        {
            Qualities = [new EncodingQualityResponse("hls", "240p", "failed")],
            FailureReason = reason,
        };
}

/// <param name="Type"><c>hls</c> or <c>mp4</c>.</param>
/// <param name="Quality"><c>240p</c>, <c>360p</c>, <c>480p</c>, <c>720p</c>, <c>1080p</c> or <c>2160p</c>: clients know no other.</param>
/// <param name="Status"><c>waiting</c>, <c>encoding</c>, <c>encoded</c> or <c>failed</c>.</param>
internal sealed record EncodingQualityResponse(string Type, string Quality, string Status)
{
    /// <summary>Ours: the named reason of a failed one, such as <c>encoder_stalled</c>. Left out of all others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FailureReason { get; init; }
}

/// <summary>Facts of the source; all null until it was looked at.</summary>
internal sealed record EncodingMetadataResponse
{
    public int? Width { get; init; }
    public int? Height { get; init; }

    /// <summary>Kilobits a second.</summary>
    public double? Bitrate { get; init; }

    /// <summary>Whole seconds.</summary>
    public int? Duration { get; init; }
    public int? Framerate { get; init; }

    /// <summary>Hertz.</summary>
    public int? Samplerate { get; init; }
    public string? VideoCodec { get; init; }
    public string? AudioCodec { get; init; }

    /// <summary>Such as <c>16/9</c>.</summary>
    public string? AspectRatio { get; init; }
}
