using System.Globalization;

namespace Latchkey.Video.Ffmpeg;

/// <summary>What every call of ffmpeg has in common.</summary>
internal static class FfmpegArguments
{
    /// <summary>Demuxers of self-contained files. None that opens other files or addresses by itself: hls, dash, concat, sdp, image sequences.</summary>
    public const string Demuxers = "mov,matroska,webm,mpegts,mpeg,avi,flv,asf,ogg,mxf,ivf,nut,rm,gxf,wtv,dv";

    /// <summary>Of an uploaded picture.</summary>
    public const string PictureDemuxers = "jpeg_pipe,png_pipe,webp_pipe,mjpeg";

    /// <summary>Width times height above which nothing is decoded: 8K and a little.</summary>
    public const long MaxPixels = 8192L * 4608;

    private const int MaxStreams = 200;

    public static readonly IReadOnlyList<string> Common =
    [
        "-nostdin",
        "-hide_banner",
        "-loglevel",
        "error",
        "-nostats",
        "-progress",
        "pipe:1",
        "-y",
    ];

    /// <summary>What must stand before an input that came from outside, ffprobe's too.</summary>
    public static IEnumerable<string> Guard(string demuxers, long pixels = MaxPixels) =>
        [
            "-protocol_whitelist",
            "file",
            "-format_whitelist",
            demuxers,
            "-codec_whitelist",
            FfmpegDecoders.Allowed,
            // What a container claims and what its stream holds are two things: this one stops the decoder.
            "-max_pixels",
            Number(pixels),
            "-max_streams",
            Number(MaxStreams),
        ];

    /// <summary>A local path that cannot be taken for an option or a protocol.</summary>
    public static string File(string path) => "file:" + path;

    public static string Seconds(double seconds) => seconds.ToString("0.000000", CultureInfo.InvariantCulture);

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
