using System.Runtime.InteropServices;

namespace Latchkey.Video.Matroska;

/// <summary>What a Matroska or WebM file says of itself.</summary>
/// <param name="Length">Of the file, in bytes.</param>
/// <param name="SegmentStart">What positions in it are counted from.</param>
/// <param name="End">Where the segment ends.</param>
/// <param name="TimestampScale">Nanoseconds a tick.</param>
/// <param name="Duration">In ticks; <c>null</c> when it is not said, or absurd.</param>
/// <param name="FirstCluster">Position in the file.</param>
/// <param name="Cues">Rising in time.</param>
internal sealed record MatroskaFile(
    long Length,
    long SegmentStart,
    long End,
    long TimestampScale,
    double? Duration,
    long FirstCluster,
    IReadOnlyList<MatroskaTrack> Tracks,
    IReadOnlyList<MatroskaCue> Cues
)
{
    /// <summary>It has cues, behind what has arrived of it.</summary>
    public bool LacksCues { get; init; }

    /// <summary>Ticks a second; <c>null</c> when that is no whole number.</summary>
    public int? Timescale =>
        TimestampScale is > 0 and <= 1_000_000_000 && 1_000_000_000 % TimestampScale == 0 ? (int)(1_000_000_000 / TimestampScale) : null;
}

/// <param name="Cluster">Position in the file.</param>
/// <param name="Block">Position of the block from the beginning of its cluster's content, or <c>null</c> when the cluster has to be searched.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MatroskaCue(long Time, long Track, long Cluster, long? Block);

internal enum MatroskaTrackKind
{
    Other,
    Video,
    Audio,
}

internal sealed record MatroskaTrack
{
    public required long Number { get; init; }
    public required MatroskaTrackKind Kind { get; init; }

    /// <summary>How many tracks of its kind stand before it: ffmpeg's <c>v:0</c>.</summary>
    public required int Order { get; init; }
    public string Codec { get; init; } = "";
    public byte[]? CodecPrivate { get; init; }
    public bool IsDefault { get; init; } = true;

    /// <summary>ISO 639-2 or BCP 47; English where nothing is said (RFC 9559 §5.1.4.1.19).</summary>
    public string Language { get; init; } = "eng";
    public bool HasTag { get; init; }
    public string? Title { get; init; }

    /// <summary>Nanoseconds a frame, where it is said.</summary>
    public long? DefaultDuration { get; init; }

    /// <summary>Nanoseconds.</summary>
    public long CodecDelay { get; init; }

    /// <summary>Compressed or encrypted within the container.</summary>
    public bool IsTransformed { get; init; }
    public bool IsEncrypted { get; init; }
    public int Width { get; init; }
    public int Height { get; init; }
    public (uint Horizontal, uint Vertical) PixelAspect { get; init; } = (1, 1);
    public bool IsInterlaced { get; init; }

    /// <summary>Cropped, turned, in three dimensions, or on a time scale of its own.</summary>
    public bool IsUnusual { get; init; }
    public double SampleRate { get; init; } = 8000;
    public int Channels { get; init; } = 1;
}
