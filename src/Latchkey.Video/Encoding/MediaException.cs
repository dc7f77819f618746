namespace Latchkey.Video.Encoding;

/// <summary>
/// A source that cannot be shown, or work on it that failed: what a row keeps is <see cref="Reason"/>, one of <see cref="MediaFailure"/>.
/// The message is for the log; it may hold ffmpeg's words and local paths, so no caller sees it.
/// </summary>
internal sealed class MediaException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Reason { get; } = reason;

    /// <summary>Whether trying again with the same source may succeed: the machine failed, not the source.</summary>
    public bool IsTransient => Reason is MediaFailure.EncoderStalled or MediaFailure.EncoderKilled;
}

/// <summary>The named reasons.</summary>
internal static class MediaFailure
{
    public const string UnsupportedContainer = "unsupported_container";
    public const string UnsupportedCodec = "unsupported_codec";
    public const string Encrypted = "encrypted";
    public const string NoVideo = "no_video";
    public const string NoDuration = "no_duration";
    public const string Truncated = "truncated";
    public const string Malformed = "malformed";
    public const string TooManyPixels = "too_many_pixels";
    public const string TooManyFrames = "too_many_frames";
    public const string TooManyStreams = "too_many_streams";

    /// <summary>It claims to last longer than a day.</summary>
    public const string TooLong = "too_long";
    public const string ClipOutOfRange = "clip_out_of_range";

    /// <summary>Frames that the index promised did not come out of the decoder.</summary>
    public const string Undecodable = "undecodable";

    /// <summary>Another version of the encoder, or other settings, than the rendition's first segments were made with.</summary>
    public const string EncoderChanged = "encoder_changed";
    public const string EncoderFailed = "encoder_failed";
    public const string EncoderStalled = "encoder_stalled";

    /// <summary>A signal ended it that we did not send.</summary>
    public const string EncoderKilled = "encoder_killed";

    /// <summary>It used up its processor time, its wall time, or the bytes it may write.</summary>
    public const string EncoderLimit = "encoder_limit";

    /// <summary>It had no room to write. That passes, unless there is room.</summary>
    public const string StorageFull = "storage_full";

    /// <summary>An uploaded picture that is none, or not one we read.</summary>
    public const string UnsupportedPicture = "unsupported_picture";
}
