namespace Latchkey.Video.Ffmpeg;

/// <summary>Which programs, and how much they may take.</summary>
internal sealed record FfmpegOptions
{
    public string Ffmpeg { get; init; } = "ffmpeg";
    public string Ffprobe { get; init; } = "ffprobe";

    /// <summary>Of each encoder and decoder of a run in the background; 0 lets ffmpeg choose.</summary>
    public int Threads { get; init; }

    /// <summary>The same of a run that somebody waits for.</summary>
    public int UrgentThreads { get; init; }

    /// <summary>Address space of one process.</summary>
    public long MemoryBytes { get; init; } = 8L << 30;

    /// <summary>Processor time of one process, over all its threads: many times what the longest run needs on a slow machine.</summary>
    public TimeSpan ProcessorTime { get; init; } = TimeSpan.FromHours(4);

    /// <summary>The largest file that one process may write, unless a run says less.</summary>
    public long OutputBytes { get; init; } = 64L << 30;

    /// <summary>A run that has not moved on for so long is ended.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A run that takes longer than this is ended, however it moves.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Width times height above which a source is refused.</summary>
    public long MaxPixels { get; init; } = FfmpegArguments.MaxPixels;
}
