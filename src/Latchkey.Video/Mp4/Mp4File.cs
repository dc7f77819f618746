namespace Latchkey.Video.Mp4;

/// <summary>What the boxes of an MP4 or QuickTime file say.</summary>
/// <param name="Length">Of the file, in bytes.</param>
/// <param name="IsFragmented">Whether its samples are in movie fragments.</param>
internal sealed record Mp4File(long Length, uint Timescale, IReadOnlyList<Mp4Track> Tracks, bool IsFragmented, string MajorBrand);

internal enum Mp4TrackKind
{
    Other,
    Video,
    Audio,
}

internal sealed record Mp4Track
{
    public required uint Id { get; init; }
    public required Mp4TrackKind Kind { get; init; }
    public required uint Timescale { get; init; }
    public required SampleEntry Entry { get; init; }

    /// <summary>More than one sample entry: the format changes on the way.</summary>
    public required bool HasSeveralEntries { get; init; }

    public required bool IsEnabled { get; init; }

    /// <summary>ISO 639-2; <c>null</c> when it is not said.</summary>
    public string? Language { get; init; }

    /// <summary>What whoever made the file calls it.</summary>
    public string? Title { get; init; }

    /// <summary>The transformation of the track header: rotation, or something that is none.</summary>
    public required Orientation Orientation { get; init; }

    public required EditList Edits { get; init; }
    public required SampleTable Samples { get; init; }

    /// <summary>When a sample is shown on the movie's timeline, in ticks of the track.</summary>
    public long PresentationTime(int sample) => Samples.CompositionTime(sample) - Edits.MediaTime + Edits.Delay;
}

/// <param name="Rotation">Degrees clockwise: 0, 90, 180, 270.</param>
/// <param name="IsPlain">Whether that is all there is: no mirroring, no scaling.</param>
internal readonly record struct Orientation(int Rotation, bool IsPlain);

/// <summary>The edit list, as far as it is a start and an end.</summary>
/// <param name="Delay">How long the track is empty at the start, in ticks of the track.</param>
/// <param name="MediaTime">The media time that is shown first.</param>
/// <param name="Duration">How long it is shown from there, in ticks of the track; <c>null</c> to the end.</param>
/// <param name="IsComplex">There is more to it than this record says.</param>
internal readonly record struct EditList(long Delay, long MediaTime, long? Duration, bool IsComplex);

/// <summary>The sample entry, taken apart. <paramref name="Raw"/> is the whole box.</summary>
internal sealed record SampleEntry(FourCc Format, byte[] Raw)
{
    public int Width { get; init; }
    public int Height { get; init; }

    /// <summary>Pixel aspect ratio: width to height.</summary>
    public (uint Horizontal, uint Vertical) PixelAspect { get; init; } = (1, 1);

    /// <summary>The content of avcC.</summary>
    public byte[]? AvcConfiguration { get; init; }

    /// <summary>The content of colr, when it is of the kind that ISO files have.</summary>
    public byte[]? Colour { get; init; }

    public int Channels { get; init; }
    public int SampleRate { get; init; }

    /// <summary>The AudioSpecificConfig of an esds with AAC in it.</summary>
    public byte[]? AudioConfiguration { get; init; }

    public bool IsEncrypted { get; init; }
}
