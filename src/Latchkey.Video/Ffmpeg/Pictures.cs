using System.Globalization;
using Latchkey.Video.Encoding;

namespace Latchkey.Video.Ffmpeg;

/// <summary>JPEG thumbnails: from a video, or from a picture that somebody uploaded. At most 1280 pixels on the longer side.</summary>
internal sealed class Pictures(FfmpegRunner ffmpeg)
{
    private const int LongestSide = 1280;
    private const long MaxPicturePixels = 50_000_000;

    /// <summary>How far into a video the automatic picture is looked for: a tenth, but not beyond this.</summary>
    private const double MostSecondsIn = 10;

    /// <summary>Among how many frames it is chosen.</summary>
    private const int Candidates = 30;

    /// <summary>The frame shown at a time, which is clamped to the video.</summary>
    public Task AtAsync(EncodingPlan plan, SourceInput source, double seconds, string output, CancellationToken cancellation) =>
        TakeAsync(plan, source, seconds, "", output, cancellation);

    /// <summary>A telling frame of the beginning, rather than the black first one.</summary>
    public Task AutomaticAsync(EncodingPlan plan, SourceInput source, string output, CancellationToken cancellation) =>
        TakeAsync(
            plan,
            source,
            Math.Min(plan.DurationSeconds / 10, MostSecondsIn),
            $",thumbnail={Math.Clamp((int)(plan.FrameCounts.Sum() / 2), 1, Candidates)}",
            output,
            cancellation
        );

    /// <summary>Converts an uploaded JPEG, PNG or WebP.</summary>
    /// <exception cref="MediaException"><see cref="MediaFailure.UnsupportedPicture"/></exception>
    public async Task ConvertAsync(string input, string output, CancellationToken cancellation)
    {
        var demuxer = await DemuxerOfAsync(input, cancellation);

        try
        {
            await ffmpeg.RunAsync(
                [
                    "-f",
                    demuxer,
                    .. FfmpegArguments.Guard(demuxer, MaxPicturePixels),
                    "-i",
                    FfmpegArguments.File(input),
                    "-vf",
                    // Never larger than it is; what is transparent becomes black.
                    $"scale=w='min({LongestSide},iw)':h='min({LongestSide},ih)':force_original_aspect_ratio=decrease,format=rgba,premultiply=inplace=1,format=yuvj420p",
                    .. Jpeg(output),
                ],
                background: false,
                cancellation
            );
        }
        catch (MediaException exception)
            when (exception.Reason is MediaFailure.EncoderFailed or MediaFailure.TooManyPixels or MediaFailure.UnsupportedCodec)
        {
            throw new MediaException(MediaFailure.UnsupportedPicture, exception.Message, exception);
        }

        if (new FileInfo(output) is not { Exists: true, Length: > 0 })
        {
            throw new MediaException(MediaFailure.UnsupportedPicture, "No picture came out of it.");
        }
    }

    private async Task TakeAsync(
        EncodingPlan plan,
        SourceInput source,
        double seconds,
        string choose,
        string output,
        CancellationToken cancellation
    )
    {
        var end = plan.Boundaries[^1];
        var frame = (long)Math.Ceiling(plan.Timescale / plan.Video[0].FrameRate);
        var at = Math.Clamp((long)(seconds * plan.Timescale), 0, Math.Max(0, end - 1));

        // The frame shown at a time is the first that begins less than a frame before it.
        var start = Math.Max(0, at - frame + 1) - plan.Tolerance;
        var segment = plan.SegmentAt((double)Math.Max(0, start) / plan.Timescale);
        var scale = Math.Min(1.0, (double)LongestSide / Math.Max(plan.Source.Width, plan.Source.Height));
        var (width, height) = (
            Math.Max(2, (int)Math.Round(plan.Source.Width * scale)),
            Math.Max(2, (int)Math.Round(plan.Source.Height * scale))
        );

        await ffmpeg.RunAsync(
            [
                .. plan.Source.IsDiscontinuous ? Array.Empty<string>() : ["-copyts"],
                .. EncodeArguments.Input(plan, source.Path, EncodeArguments.SeekSeconds(plan, segment), ffmpeg.Options.Threads),
                "-filter_complex",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"[0:{plan.Source.VideoStream}]settb=1/{plan.Timescale},trim=start_pts={plan.Origin + start}{choose},scale={width}:{height},setsar=1{EncodeArguments.ToneMap(plan)},format=yuvj420p[v]"
                ),
                "-map",
                "[v]",
                .. Jpeg(output),
            ],
            background: false,
            cancellation
        );

        if (new FileInfo(output) is not { Exists: true, Length: > 0 })
        {
            throw new MediaException(MediaFailure.Undecodable, "No frame could be decoded there.");
        }
    }

    private static IEnumerable<string> Jpeg(string output) =>
        ["-frames:v", "1", "-c:v", "mjpeg", "-q:v", "3", "-f", "mjpeg", FfmpegArguments.File(output)];

    /// <summary>By its first bytes, whatever it is called.</summary>
    private static async Task<string> DemuxerOfAsync(string path, CancellationToken cancellation)
    {
        var head = new byte[12];
        await using var file = File.OpenRead(path);
        _ = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation);

        return head switch
        {
            [0xFF, 0xD8, 0xFF, ..] => "jpeg_pipe",
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "png_pipe",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P'] => "webp_pipe",
            _ => throw new MediaException(MediaFailure.UnsupportedPicture, "The file is neither JPEG nor PNG nor WebP."),
        };
    }
}
