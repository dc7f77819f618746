namespace Latchkey.Video.Encoding;

internal enum RenditionState
{
    Waiting,
    Encoding,
    Encoded,
    Failed,
}

/// <summary>How far one rendition is, for the status; <c>mp4</c> and <c>poster</c> are renditions here too.</summary>
internal sealed class VideoEncodingRendition
{
    private VideoEncodingRendition() { }

    public string VideoId { get; private init; } = null!;

    /// <summary>The ladder step, <c>audio</c>, <c>mp4</c> or <c>poster</c>.</summary>
    public string Name { get; private init; } = null!;

    public RenditionState State { get; private set; }

    public string? FailureReason { get; private set; }

    /// <summary>A bit for each segment that is made, see <see cref="SegmentSet"/>; the file store is the truth, this is its shadow.</summary>
    public byte[] Segments { get; private set; } = [];

    public static VideoEncodingRendition Plan(string videoId, string name, RenditionState state) =>
        new()
        {
            VideoId = videoId,
            Name = name,
            State = state,
        };

    public void Update(SegmentSet segments)
    {
        Segments = segments.ToBytes();
        State =
            segments.IsComplete ? RenditionState.Encoded
            : segments.Count > 0 ? RenditionState.Encoding
            : RenditionState.Waiting;
    }

    public void MarkEncoded() => State = RenditionState.Encoded;

    public void MarkEncoding() => State = RenditionState.Encoding;

    public void Fail(string reason)
    {
        State = RenditionState.Failed;
        FailureReason = reason;
    }
}
