using Latchkey.Platform.Processes;

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

    /// <summary>
    /// Of one process. Its processor time is many times what the longest run needs on a slow machine; its largest file is what it may write unless
    /// a run says less.
    /// </summary>
    public ProcessLimits Limits { get; init; } =
        new()
        {
            MemoryBytes = 8L << 30,
            ProcessorTime = TimeSpan.FromHours(4),
            OutputBytes = 64L << 30,
        };

    /// <summary>A run that has not moved on for so long is ended.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A run that takes longer than this is ended, however it moves.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Width times height above which a source is refused.</summary>
    public long MaxPixels { get; init; } = FfmpegArguments.MaxPixels;
}
