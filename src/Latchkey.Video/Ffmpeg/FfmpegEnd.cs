using Latchkey.Video.Encoding;

namespace Latchkey.Video.Ffmpeg;

/// <summary>What it means when ffmpeg ends with an error.</summary>
internal static class FfmpegEnd
{
    /// <summary>A process that a signal ended has this and the signal's number as its exit code.</summary>
    private const int Signalled = 128;

    private const int Kill = 9;
    private const int Terminate = 15;
    private const int ProcessorTimeUsedUp = 24;
    private const int FileTooLarge = 25;

    /// <summary>strerror's words for ENOSPC and EDQUOT; the locale of the child is C.</summary>
    private static readonly string[] Full = ["No space left on device", "Disk quota exceeded"];

    public static string ReasonOf(int exitCode, string said) =>
        (exitCode - Signalled) switch
        {
            // Not by us: the kernel was short of memory, or an operator did it.
            Kill or Terminate => MediaFailure.EncoderKilled,
            ProcessorTimeUsedUp or FileTooLarge => MediaFailure.EncoderLimit,
            _ => Array.Exists(Full, words => said.Contains(words, StringComparison.Ordinal))
                ? MediaFailure.StorageFull
                : MediaFailure.EncoderFailed,
        };
}
