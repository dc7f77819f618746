using Latchkey.Video.Encoding;

namespace Latchkey.Video.Ffmpeg;

/// <summary>JPEG thumbnails: from a video, or from a picture that somebody uploaded. At most 1280 pixels wide.</summary>
internal sealed class Pictures(FfmpegRunner ffmpeg)
{
    /// <summary>The frame shown at a time, which is clamped to the video.</summary>
    public Task AtAsync(EncodingPlan plan, SourceInput source, double seconds, string output, CancellationToken cancellation) =>
        throw new NotSupportedException(ffmpeg.Options.Ffmpeg);

    /// <summary>A telling frame of the beginning, rather than the black first one.</summary>
    public Task AutomaticAsync(EncodingPlan plan, SourceInput source, string output, CancellationToken cancellation) =>
        throw new NotSupportedException(ffmpeg.Options.Ffmpeg);

    /// <summary>Converts an uploaded JPEG, PNG or WebP.</summary>
    /// <exception cref="MediaException"><see cref="MediaFailure.UnsupportedPicture"/></exception>
    public Task ConvertAsync(string input, string output, CancellationToken cancellation) =>
        throw new NotSupportedException(ffmpeg.Options.Ffmpeg);
}
