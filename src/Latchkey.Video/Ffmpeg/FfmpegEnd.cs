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

    /// <summary>What it says on the way out, where that tells more than its exit code. strerror's words are for ENOSPC and EDQUOT; the child's locale is C.</summary>
    private static readonly (string Words, string Reason)[] Said =
    [
        ("No space left on device", MediaFailure.StorageFull),
        ("Disk quota exceeded", MediaFailure.StorageFull),
        ("exceeds specified max pixel count", MediaFailure.TooManyPixels),
        (") not on whitelist", MediaFailure.UnsupportedCodec),
        ("exceeds max_streams", MediaFailure.TooManyStreams),
    ];

    public static string ReasonOf(int exitCode, string said) =>
        (exitCode - Signalled) switch
        {
            // Not by us: the kernel was short of memory, or an operator did it.
            Kill or Terminate => MediaFailure.EncoderKilled,
            ProcessorTimeUsedUp or FileTooLarge => MediaFailure.EncoderLimit,
            _ => Array.Find(Said, known => said.Contains(known.Words, StringComparison.Ordinal)).Reason ?? MediaFailure.EncoderFailed,
        };
}
