using System.Globalization;
using Latchkey.Platform.Files;
using Latchkey.Platform.Processes;
using Latchkey.Video.Encoding;

namespace Latchkey.Video.Ffmpeg;

/// <summary>JPEG thumbnails: from a video, or from a picture that somebody uploaded. At most 1280 pixels on the longer side.</summary>
internal sealed class Pictures(FfmpegRunner ffmpeg)
{
    private const int LongestSide = 1280;
    private const long MaxPicturePixels = 50_000_000;

    private static readonly string[] Encoder = ["-c:v", "mjpeg", "-q:v", "3"];

    private readonly PosterChoice _choice = new(ffmpeg);

    /// <summary>The frame shown at a time, which is clamped to the video.</summary>
    public Task AtAsync(EncodingPlan plan, SourceInput source, double seconds, string output, CancellationToken cancellation)
    {
        var frame = (long)Math.Ceiling(plan.Timescale / plan.Video[0].FrameRate);
        var at = Math.Clamp((long)(seconds * plan.Timescale), 0, Math.Max(0, plan.Boundaries[^1] - 1));

        // The frame shown at a time is the first that begins less than a frame before it.
        var start = Math.Max(0, at - frame + 1) - plan.Tolerance;
        var segment = plan.SegmentAt((double)Math.Max(0, start) / plan.Timescale);

        return TakeAsync(plan, source, segment, start, output, cancellation);
    }

    /// <summary>A sharp and telling frame of the beginning, rather than the black first one.</summary>
    public async Task AutomaticAsync(
        EncodingPlan plan,
        SourceInput source,
        ScratchFolder scratch,
        string output,
        CancellationToken cancellation
    )
    {
        var picture = new LookPicture(Filter(plan), Encoder, ".jpg");
        var (file, _) = await _choice.FindAsync(plan, source, picture, scratch, cancellation);
        File.Move(file, output);
    }

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
                Nice.None,
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

    /// <param name="segment">Where decoding begins.</param>
    /// <param name="start">The first frame from here on is taken, in ticks.</param>
    private async Task TakeAsync(
        EncodingPlan plan,
        SourceInput source,
        int segment,
        long start,
        string output,
        CancellationToken cancellation
    )
    {
        await ffmpeg.RunAsync(
            [
                .. EncodeArguments.Times(plan),
                .. EncodeArguments.Input(plan, source.Path, EncodeArguments.SeekSeconds(plan, segment), ffmpeg.Options.Threads),
                "-filter_complex",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"[0:{plan.Source.VideoStream}]settb=1/{plan.Timescale},trim=start_pts={plan.Origin + start},{Filter(plan)}[v]"
                ),
                "-map",
                "[v]",
                .. Jpeg(output),
            ],
            Nice.None,
            cancellation
        );

        if (new FileInfo(output) is not { Exists: true, Length: > 0 })
        {
            throw new MediaException(MediaFailure.Undecodable, "No frame could be decoded there.");
        }
    }

    private static string Filter(EncodingPlan plan)
    {
        var (width, height) = plan.Source.Within(LongestSide);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"scale={width}:{height},setsar=1{EncodeArguments.Colours(plan)},format=yuvj420p"
        );
    }

    private static IEnumerable<string> Jpeg(string output) => ["-frames:v", "1", .. Encoder, "-f", "mjpeg", FfmpegArguments.File(output)];

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
