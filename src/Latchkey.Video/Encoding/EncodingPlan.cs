namespace Latchkey.Video.Encoding;

/// <summary>
/// How a video is cut and which renditions it has; made once from the source's index, stored with the video's encoding row, and never
/// changed: segment names are immutable because the plan is.
/// </summary>
/// <remarks>
/// Segment <c>n</c> of every video rendition shows the time from <c>Boundaries[n]</c> to <c>Boundaries[n + 1]</c>, in ticks of
/// <c>1 / Timescale</c> second on the presentation timeline, whose zero is the first shown frame. Boundaries fall on frames.
/// </remarks>
internal sealed record EncodingPlan
{
    /// <summary>Which generation of plans this is; part of the segments' folder, so that a re-encode gets new names.</summary>
    public required int Version { get; init; }

    public required int Timescale { get; init; }

    /// <summary>One more than there are segments; the first is 0, the last is the end of the video.</summary>
    public required IReadOnlyList<long> Boundaries { get; init; }

    /// <summary>Video renditions, lowest first.</summary>
    public required IReadOnlyList<VideoRendition> Video { get; init; }

    /// <summary>The one audio rendition group member; <c>null</c> when the source has no audio.</summary>
    public AudioRendition? Audio { get; init; }

    /// <summary>What the source is, for <c>/status</c> and for the ffmpeg arguments.</summary>
    public required SourceFacts Source { get; init; }

    public int SegmentCount => Boundaries.Count - 1;

    public double Seconds(int boundary) => (double)Boundaries[boundary] / Timescale;

    /// <summary>The segment that shows a time, in seconds.</summary>
    public int SegmentAt(double seconds)
    {
        var ticks = (long)(seconds * Timescale);
        var (low, high) = (0, SegmentCount - 1);

        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Boundaries[middle] <= ticks ? (middle, high) : (low, middle - 1);
        }

        return low;
    }
}

internal enum RenditionMethod
{
    /// <summary>The source's own packets, cut at its keyframes.</summary>
    Copied,
    Encoded,
}

/// <param name="Name">The ladder step, <c>240p</c> … <c>2160p</c>; also its folder.</param>
/// <param name="Bandwidth">Peak bits a second of its segments, audio not counted, as HLS's BANDWIDTH wants it.</param>
/// <param name="Codecs">RFC 6381, such as <c>avc1.64001f</c>.</param>
internal sealed record VideoRendition(
    string Name,
    RenditionMethod Method,
    int Width,
    int Height,
    double FrameRate,
    int Bandwidth,
    int AverageBandwidth,
    string Codecs
);

/// <param name="FrameBoundaries">First AAC frame of each segment, and the count of all frames at the end; frame k starts at k x 1024 samples.</param>
internal sealed record AudioRendition(
    RenditionMethod Method,
    int SampleRate,
    int Channels,
    IReadOnlyList<long> FrameBoundaries,
    int Bandwidth,
    string Codecs
)
{
    public const string FolderName = "audio";
}

/// <summary>What the index found in the source. Nulls where the container does not tell.</summary>
internal sealed record SourceFacts
{
    public required string Container { get; init; }
    public required double DurationSeconds { get; init; }

    /// <summary>As shown: after rotation and with square pixels.</summary>
    public required int Width { get; init; }
    public required int Height { get; init; }
    public int Rotation { get; init; }
    public required string VideoCodec { get; init; }
    public string? AudioCodec { get; init; }
    public double? FrameRate { get; init; }
    public int? SampleRate { get; init; }

    /// <summary>Kilobits a second over the whole file.</summary>
    public double? Bitrate { get; init; }

    /// <summary>The clip asked for at creation, on the source's timeline, in seconds.</summary>
    public double ClipStart { get; init; }
    public double? ClipEnd { get; init; }
}
