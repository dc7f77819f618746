using Latchkey.Video.Ffmpeg;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding.Index;

/// <summary>Finds out what a source is and where its frames are, without decoding it.</summary>
internal sealed class SourceIndexer(FfmpegRunner ffmpeg)
{
    private const long MaxSeconds = 24 * 60 * 60;

    /// <exception cref="MediaException">It cannot be shown; the reason is named.</exception>
    public async Task<SourceIndex> IndexAsync(SourceInput source, CancellationToken cancellation)
    {
        var (file, problem) = await ReadMp4Async(source, cancellation);
        SourceIndex? index = null;

        if (file is not null)
        {
            index = Mp4Index.Make(file);
        }

        try
        {
            index ??= await new ProbeIndex(ffmpeg).MakeAsync(source, file, cancellation);
        }
        catch (MediaException) when (problem is not null)
        {
            // ffmpeg could not make sense of it either: what our own reader saw is the clearer reason.
            throw problem;
        }

        return Check(index);
    }

    private static async Task<(Mp4File? File, MediaException? Problem)> ReadMp4Async(SourceInput source, CancellationToken cancellation)
    {
        try
        {
            return (await Mp4Reader.ReadAsync(source.File, cancellation), null);
        }
        catch (MediaException exception) when (exception.Reason == MediaFailure.Malformed)
        {
            return (null, exception);
        }
    }

    private SourceIndex Check(SourceIndex index)
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
