namespace Latchkey.Video.Tests.Encoding;

/// <summary>A kind of source, how ffmpeg makes one, and what must come out.</summary>
/// <param name="File">Its name; the ending chooses the container.</param>
/// <param name="Commands">Arguments of ffmpeg, one call after the other; <c>@name</c> is a file among the test's own. The last one makes <c>@File</c>.</param>
internal sealed record SourceCase(string File, params string[] Commands)
{
    public const double UsualSeconds = 4.2;

    /// <summary>As it must be shown, before the ladder.</summary>
    public (int Width, int Height) Size { get; init; } = (320, 180);

    public double Rate { get; init; } = 25;

    public double Seconds { get; init; } = UsualSeconds;

    /// <summary>By how many frames it may miss: containers that do not keep every frame's time.</summary>
    public int FramesOff { get; init; }

    /// <summary>When frames have no even distance; otherwise they follow from rate and length.</summary>
    public int? Frames { get; init; }

    /// <summary>Where the white quarter of the picture must be: 0 left above, 1 right above, 2 left below, 3 right below.</summary>
    public int White { get; init; }

    /// <summary>Between which seconds there is sound; <c>null</c> when the source has none.</summary>
    public (double From, double To)? Sound { get; init; } = (0, UsualSeconds);

    /// <summary>The copied rendition, where one must be.</summary>
    public string? Copied { get; init; }

    public bool IsInterlaced { get; init; }

    /// <summary>The tone of the track that must have been chosen.</summary>
    public double Tone { get; init; } = 440;

    public override string ToString() => File;

    /// <summary>A moving picture whose left upper quarter is white.</summary>
    public static string Picture(string size = "320x180", string rate = "25", double seconds = UsualSeconds) =>
        FormattableString.Invariant($"-f lavfi -i testsrc2=s={size}:r={rate}:d={seconds},drawbox=x=0:y=0:w=iw/2:h=ih/2:color=white:t=fill");

    public static string Sine(int rate = 48000, double seconds = UsualSeconds, int tone = 440) =>
        FormattableString.Invariant($"-f lavfi -i sine={tone}:r={rate}:d={seconds}");
}
