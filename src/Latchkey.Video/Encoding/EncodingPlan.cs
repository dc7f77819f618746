namespace Latchkey.Video.Encoding;

/// <summary>
/// How a video is cut and which renditions it has; made once from the source's index, stored with the video's encoding row, and never
/// changed: segment names are immutable because the plan is.
/// </summary>
/// <remarks>
/// Segment <c>n</c> of every video rendition shows the time from <c>Boundaries[n]</c> to <c>Boundaries[n + 1]</c>, in ticks of
/// <c>1 / Timescale</c> second on the presentation timeline, whose zero is the first shown frame. Boundaries fall on frames, unless
/// the source was not read frame by frame (<see cref="KnowsFrames"/>): then a segment's first frame is shown from its boundary on.
/// </remarks>
internal sealed record EncodingPlan
{
    /// <summary>Which generation of plans this is; part of the segments' folder, so that a re-encode gets new names.</summary>
    public required int Version { get; init; }

    /// <summary>The source's own time base where it has one, so that every frame keeps its exact time.</summary>
    public required int Timescale { get; init; }

    /// <summary>One more than there are segments; the first is 0, the last is the end of the video.</summary>
    public required IReadOnlyList<long> Boundaries { get; init; }

    /// <summary>Where each segment's decoding must begin: the keyframe at or before its first frame, on the same timeline (so it can be negative).</summary>
    public required IReadOnlyList<long> SeekPoints { get; init; }

    /// <summary>How many frames each segment shows; empty when nobody has counted them.</summary>
    public required IReadOnlyList<long> FrameCounts { get; init; }

    /// <summary>The source's own timestamp of the timeline's zero, in ticks.</summary>
    public required long Origin { get; init; }

    /// <summary>
    /// How far from a boundary a time may be and still count as the boundary's, in ticks: more than any rounding between us and ffmpeg, less than
    /// the way to the frame before any boundary.
    /// </summary>
    public long Tolerance { get; init; }

    /// <summary>Video renditions, lowest first.</summary>
    public required IReadOnlyList<VideoRendition> Video { get; init; }

    /// <summary>What is heard unless the viewer wants another sound; <c>null</c> when the source has no audio.</summary>
    public AudioRendition? Audio { get; init; }

    /// <summary>The other members of the audio rendition group.</summary>
    public IReadOnlyList<AudioRendition> OtherAudio { get; init; } = [];

    /// <summary>What the source is, for <c>/status</c> and for the ffmpeg arguments.</summary>
    public required SourceFacts Source { get; init; }

    /// <summary>Beyond it, finer than any frame rate needs.</summary>
    public const int MaxTimescale = 10_000_000;

    public int SegmentCount => Boundaries.Count - 1;

    /// <summary>Whether every frame of the source was seen when the plan was made.</summary>
    public bool KnowsFrames => FrameCounts.Count > 0;

    /// <summary>Of the whole video; an estimate where nobody has counted them.</summary>
    public long FrameCount => KnowsFrames ? FrameCounts.Sum() : Math.Max(1, (long)Math.Round(DurationSeconds * Video[0].FrameRate));

    public double DurationSeconds => Seconds(SegmentCount);

    public double Seconds(int boundary) => (double)Boundaries[boundary] / Timescale;

    /// <summary>The whole audio rendition group, what is heard first at its head.</summary>
    public IEnumerable<AudioRendition> AudioGroup() => Audio is null ? [] : OtherAudio.Prepend(Audio);

    public AudioRendition? FindAudio(string folder) => AudioGroup().FirstOrDefault(audio => audio.Folder == folder);

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
/// <param name="CompositionDelay">How far decoding runs ahead of showing, in ticks: the media time of the init segment's edit list.</param>
internal sealed record VideoRendition(
    string Name,
    RenditionMethod Method,
    int Width,
    int Height,
    double FrameRate,
    int Bandwidth,
    int AverageBandwidth,
    string Codecs,
    long CompositionDelay
)
{
    /// <summary>The encoder's cap, in bits a second; 0 for a copied rendition.</summary>
    public int MaxRate { get; init; }

    /// <summary>What the encoder is forced to: <c>main</c> or <c>high</c>, and the level times ten.</summary>
    public string? Profile { get; init; }
    public int Level { get; init; }
}

/// <param name="FrameBoundaries">First AAC frame of each segment, and the count of all frames at the end.</param>
/// <param name="FirstFrameAt">When frame 0 starts, in samples on the presentation timeline; frame k starts k x 1024 samples later. Negative for frames that only prime the decoder.</param>
internal sealed record AudioRendition(
    RenditionMethod Method,
    int SampleRate,
    int Channels,
    IReadOnlyList<long> FrameBoundaries,
    int Bandwidth,
    string Codecs,
    long FirstFrameAt
)
{
    public const string FolderName = "audio";
    public const int SamplesPerFrame = 1024;

    /// <summary>Its own within the plan; <see cref="FolderName"/> of the one that is heard first.</summary>
    public string Folder { get; init; } = FolderName;

    /// <summary>ffmpeg's specifier of the source's stream.</summary>
    public required string Stream { get; init; }

    /// <summary>A BCP 47 tag; <c>null</c> when the source does not tell.</summary>
    public string? Language { get; init; }

    /// <summary>For the viewer; its own within the plan.</summary>
    public string Name { get; init; } = FolderName;

    /// <summary>The source's frame that is frame 0; only of a copied rendition.</summary>
    public int FirstSourceFrame { get; init; }
}

/// <summary>What the index found in the source. Nulls where the container does not tell.</summary>
internal sealed record SourceFacts
{
    /// <summary>ffmpeg's name of the demuxer, such as <c>mov</c>, <c>matroska</c>, <c>mpegts</c>.</summary>
    public required string Container { get; init; }
    public required double DurationSeconds { get; init; }

    /// <summary>As shown: after rotation and with square pixels.</summary>
    public required int Width { get; init; }
    public required int Height { get; init; }

    /// <summary>The size of a picture of it whose longer side is at most this many pixels.</summary>
    public (int Width, int Height) Within(int longestSide)
    {
        var scale = Math.Min(1.0, (double)longestSide / Math.Max(Width, Height));
        return (Math.Max(2, (int)Math.Round(Width * scale)), Math.Max(2, (int)Math.Round(Height * scale)));
    }

    /// <summary>Degrees clockwise that a player turns the picture: 0, 90, 180, 270.</summary>
    public int Rotation { get; init; }
    public required string VideoCodec { get; init; }
    public string? AudioCodec { get; init; }
    public double? FrameRate { get; init; }
    public int? SampleRate { get; init; }

    /// <summary>Kilobits a second over the whole file.</summary>
    public double? Bitrate { get; init; }

    /// <summary>ffmpeg's specifiers of the streams in use, such as <c>i:1</c> (by id) or <c>0</c> (by index).</summary>
    public required string VideoStream { get; init; }

    public bool Interlaced { get; init; }

    /// <summary>The rate that frames are brought to, such as <c>30000/1001</c>, when the source does not tell each one's time; otherwise <c>null</c>.</summary>
    public string? RegularRate { get; init; }

    /// <summary>Whether its times start anew or leap amid the file, so that it is only read from its beginning, and times are counted.</summary>
    public bool IsDiscontinuous { get; init; }

    /// <summary><c>smpte2084</c> or <c>arib-std-b67</c> when the picture must be tone-mapped; otherwise <c>null</c>.</summary>
    public string? HdrTransfer { get; init; }

    /// <summary>Whether its colours are BT.2020's though its brightness is an ordinary screen's.</summary>
    public bool IsWideGamut { get; init; }

    /// <summary>The clip asked for at creation, on the source's timeline, in seconds.</summary>
    public double ClipStart { get; init; }
    public double? ClipEnd { get; init; }
}
