using Latchkey.Video.Ffmpeg;
using Latchkey.Video.Matroska;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding.Index;

/// <summary>Finds out what a source is and where its frames are, without decoding it.</summary>
internal sealed class SourceIndexer(FfmpegRunner ffmpeg)
{
    private const long MaxSeconds = 24 * 60 * 60;

    /// <summary>Up to here all packets of other containers are looked at, which takes no longer than to open a file a second time.</summary>
    public long WholeScanBytes { get; init; } = 32 << 20;

    /// <exception cref="MediaException">It cannot be shown; the reason is named.</exception>
    public async Task<SourceIndex> IndexAsync(SourceInput source, CancellationToken cancellation)
    {
        OwnIndex own = default;
        MediaException? problem = null;
        SourceIndex? index = null;

        try
        {
            own = await ReadAsync(source, cancellation);
            index =
                own.Mp4 is not null ? await Mp4Index.MakeAsync(own.Mp4, source.File, cancellation)
                : own.Matroska is not null ? await own.Matroska.MakeAsync(cancellation)
                : null;
        }
        catch (MediaException exception) when (exception.Reason == MediaFailure.Malformed)
        {
            (own, problem) = (default, exception);
        }

        try
        {
            index ??= await new ProbeIndex(ffmpeg, WholeScanBytes).MakeAsync(source, own, cancellation);
        }
        catch (MediaException) when (problem is not null)
        {
            // ffmpeg could not make sense of it either: what our own reader saw is the clearer reason.
            throw problem;
        }

        return Check(index);
    }

    private static async Task<OwnIndex> ReadAsync(SourceInput source, CancellationToken cancellation) =>
        await Mp4Reader.ReadAsync(source.File, cancellation) is { } mp4 ? new OwnIndex(mp4, null)
        : await MatroskaReader.ReadAsync(source.File, cancellation) is { } matroska
            ? new OwnIndex(null, new MatroskaIndex(matroska, source.File))
        : default;

    /// <exception cref="MediaException">It is more than is allowed, or nothing.</exception>
    public SourceIndex Check(SourceIndex index)
    {
        var video = index.Video;

        if (video.Width <= 0 || video.Height <= 0)
        {
            throw new MediaException(MediaFailure.NoVideo, "The video has no size.");
        }

        if ((long)video.Width * video.Height > ffmpeg.Options.MaxPixels)
        {
            throw new MediaException(MediaFailure.TooManyPixels, $"{video.Width} x {video.Height} is more than is allowed.");
        }

        if (video.Frames.End <= video.Frames.Shown[0])
        {
            throw new MediaException(MediaFailure.NoDuration, "The video has no duration.");
        }

        // A gap of days between two frames would be days of silence to encode.
        if (video.Frames.End - video.Frames.Shown[0] > MaxSeconds * video.Frames.Timescale)
        {
            throw new MediaException(MediaFailure.TooLong, "The video claims to last longer than a day.");
        }

        return index;
    }
}

/// <summary>What our own readers found, if one of them could read the file at all.</summary>
internal readonly record struct OwnIndex(Mp4File? Mp4, MatroskaIndex? Matroska);
