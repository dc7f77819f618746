namespace Latchkey.Video.Encoding;

internal enum RenditionState
{
    Waiting,
    Encoding,
    Encoded,
    Failed,

    /// <summary>It was encoded, and is made once more by another plan; nobody is told of its end again.</summary>
    EncodedAgain,
}

/// <summary>How far one rendition is, for the status; <c>mp4</c> is one of them here.</summary>
internal sealed class VideoEncodingRendition
{
    private VideoEncodingRendition() { }

    public string VideoId { get; private init; } = null!;

    /// <summary>The ladder step, <c>audio</c> or <c>mp4</c>.</summary>
    public string Name { get; private init; } = null!;

    public RenditionState State { get; private set; }

    public string? FailureReason { get; private set; }

    /// <summary>A bit for each segment that is made, see <see cref="SegmentSet"/>; the file store is the truth, this is its shadow.</summary>
    public byte[] Segments { get; private set; } = [];

    public static VideoEncodingRendition Plan(string videoId, string name) => new() { VideoId = videoId, Name = name };

    public bool WasEncoded => State is RenditionState.Encoded or RenditionState.EncodedAgain;

    /// <summary>For another plan: nothing of it is made.</summary>
    public void Reset()
    {
        State = WasEncoded ? RenditionState.EncodedAgain : RenditionState.Waiting;
        FailureReason = null;
        Segments = [];
    }

    public void Update(SegmentSet segments)
    {
        Segments = segments.ToBytes();
        State =
            segments.IsComplete ? RenditionState.Encoded
            : WasEncoded ? RenditionState.EncodedAgain
            : segments.Count > 0 ? RenditionState.Encoding
            : RenditionState.Waiting;
    }

    public void MarkEncoded() => State = RenditionState.Encoded;

    public void MarkEncoding() => State = WasEncoded ? RenditionState.EncodedAgain : RenditionState.Encoding;

    public void Fail(string reason)
    {
        State = RenditionState.Failed;
        FailureReason = reason;
    }
}
