namespace Latchkey.Video.Encoding.Index;

/// <summary>What a source is, and where its frames are. Kept only while the plan is made.</summary>
/// <param name="Container">ffmpeg's name of the demuxer.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Audio">The sound that is heard unless the viewer wants another one.</param>
internal sealed record SourceIndex(string Container, long Length, VideoIndex Video, AudioIndex? Audio)
{
    /// <summary>In other languages, or with comments.</summary>
    public IReadOnlyList<AudioIndex> OtherAudio { get; init; } = [];

    /// <summary>Whether it is true of the source's beginning alone, and more is known when more has arrived.</summary>
    public bool IsGuess { get; init; }
}

internal sealed record VideoIndex
{
    /// <summary>ffmpeg's stream specifier.</summary>
    public required string Stream { get; init; }
    public required string Codec { get; init; }

    /// <summary>As coded, before rotation.</summary>
    public required int Width { get; init; }
    public required int Height { get; init; }
    public (uint Horizontal, uint Vertical) PixelAspect { get; init; } = (1, 1);

    /// <summary>Degrees clockwise.</summary>
    public int Rotation { get; init; }
    public bool Interlaced { get; init; }
    public string? HdrTransfer { get; init; }

    /// <summary>See <see cref="SourceFacts.IsWideGamut"/>.</summary>
    public bool IsWideGamut { get; init; }
    public required FrameTimes Frames { get; init; }

    /// <summary>The media's bytes; 0 when not known.</summary>
    public long Bytes { get; init; }

    /// <summary>What allows the source's own packets to be a rendition; <c>null</c> when they cannot be.</summary>
    public VideoCopy? Copy { get; init; }
}

/// <summary>When frames are shown, in ticks of <c>1 / Timescale</c> on the source's own timeline.</summary>
/// <param name="Shown">Rising.</param>
/// <param name="Keyframes">Where decoding can begin, rising.</param>
/// <param name="End">When the last frame has been shown.</param>
internal sealed record FrameTimes(int Timescale, long[] Shown, long[] Keyframes, long End)
{
    /// <summary>See <see cref="SourceFacts.RegularRate"/>.</summary>
    public string? RegularRate { get; init; }

    /// <summary>See <see cref="SourceFacts.IsDiscontinuous"/>.</summary>
    public bool IsDiscontinuous { get; init; }

    /// <summary>Frames a second, where nobody has looked at every frame: then <see cref="Shown"/> holds the first alone.</summary>
    public double? NominalRate { get; init; }

    /// <summary>How far before a moment decoding has to begin, where keyframes are not known; <c>null</c> when <see cref="Keyframes"/> has them all.</summary>
    public long? SeekMargin { get; init; }

    public bool KnowsEveryFrame => NominalRate is null;

    public double FramesPerSecond =>
        NominalRate is { } nominal ? nominal
        : Shown.Length > 1 && Shown[^1] > Shown[0] ? (Shown.Length - 1) * (double)Timescale / (Shown[^1] - Shown[0])
        : End > Shown[0] ? (double)Timescale / (End - Shown[0])
        : 1;
}

/// <param name="Cuts">Keyframes that nothing refers across, in ticks, rising; the first is the first shown frame.</param>
/// <param name="CutBytes">Bytes of the track from each cut to the next.</param>
/// <param name="Delay">See <see cref="VideoRendition.CompositionDelay"/>.</param>
internal sealed record VideoCopy(string Codecs, long[] Cuts, long[] CutBytes, long Delay);

internal sealed record AudioIndex
{
    public required string Stream { get; init; }
    public required string Codec { get; init; }
    public required int SampleRate { get; init; }
    public required int Channels { get; init; }

    /// <summary>ISO 639-2 or BCP 47; <c>null</c> when it is not said.</summary>
    public string? Language { get; init; }

    /// <summary>What whoever made the file calls it.</summary>
    public string? Title { get; init; }

    /// <summary>Plain AAC-LC with even frames, that can be cut by copying.</summary>
    public AudioCopy? Copy { get; init; }
}

/// <param name="FirstAt">When the first frame starts, in samples on the source's timeline.</param>
/// <param name="Count">How many frames there are.</param>
/// <param name="BitsPerSecond">Of the frames from one number to another, as far as they are known.</param>
internal sealed record AudioCopy(long FirstAt, int Count, Func<int, int, long> BitsPerSecond);
