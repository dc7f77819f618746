using Latchkey.Platform.Files;
using Latchkey.Video.Ffmpeg;

namespace Latchkey.Video.Encoding;

/// <summary>Makes <c>source.mp4</c>, the one file that is downloaded: no encoding, only repackaging, with the index in front.</summary>
internal sealed class Mp4Maker(FfmpegRunner ffmpeg)
{
    /// <summary>
    /// From the source's own packets when they are H.264 and AAC and shown as they are; otherwise from the finished segments of the
    /// highest rendition and of the audio, which must all exist then.
    /// </summary>
    /// <param name="segments">Opens a finished file of a rendition: <c>init.mp4</c>, <c>{n}.m4s</c>.</param>
    /// <param name="progress">From 0 to 1.</param>
    /// <returns>The path of the file in the scratch folder.</returns>
    public Task<string> MakeAsync(
        EncodingPlan plan,
        SourceInput source,
        Func<string, string, CancellationToken, ValueTask<IStoredFileReader>> segments,
        ScratchFolder scratch,
        IProgress<double>? progress,
        CancellationToken cancellation
    ) => throw new NotSupportedException(ffmpeg.Options.Ffmpeg);

    /// <summary>Whether <see cref="MakeAsync"/> needs the source alone, so that it can be made before any segment.</summary>
    public static bool NeedsSourceOnly(EncodingPlan plan) => throw new NotSupportedException();
}
