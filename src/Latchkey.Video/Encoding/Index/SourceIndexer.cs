using Latchkey.Video.Ffmpeg;

namespace Latchkey.Video.Encoding.Index;

/// <summary>Finds out what a source is and where its frames are, without decoding it.</summary>
internal sealed class SourceIndexer(FfmpegRunner ffmpeg)
{
    /// <exception cref="MediaException">It cannot be shown; the reason is named.</exception>
    public Task<SourceIndex> IndexAsync(SourceInput source, CancellationToken cancellation) =>
        throw new NotSupportedException(ffmpeg.Options.Ffmpeg);
}

internal sealed record SourceIndex;
