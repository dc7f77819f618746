using System.Globalization;
using Latchkey.Platform.Files;
using Latchkey.Platform.Processes;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Storyboards;

namespace Latchkey.Video.Ffmpeg;

/// <summary>Makes the moving picture of a video: some short looks spread over it, as one animated WebP that repeats.</summary>
internal sealed class Previews(FfmpegRunner ffmpeg)
{
    private const double Seconds = 3.6;
    private const int MostLooks = 6;

    /// <summary>A film shorter than this for each look gets fewer.</summary>
    private const double ShortestStretch = 2;

    private const int FrameRate = 10;
    private const int LongestSide = 320;
    private const int Quality = 55;

    private readonly Looks _looks = new(ffmpeg);

    /// <returns>The path of the file in the scratch folder.</returns>
    /// <exception cref="MediaException">No frame could be decoded, or this ffmpeg cannot write WebP.</exception>
    public async Task<string> MakeAsync(EncodingPlan plan, SourceInput source, ScratchFolder scratch, CancellationToken cancellation)
    {
        var frames = Directory.CreateDirectory(scratch.File("frames")).FullName;
        var looks = Looks.Spread(plan, 0, 1, Math.Clamp((int)(plan.DurationSeconds / ShortestStretch), 1, MostLooks));
        var each = (int)Math.Max(1, Math.Min(Seconds, plan.DurationSeconds) * FrameRate / looks.Count);
        var (width, height) = plan.Source.Within(LongestSide);
        var picture = string.Create(
            CultureInfo.InvariantCulture,
            $"scale={width}:{height},setsar=1{EncodeArguments.Colours(plan)},format=yuvj420p"
        );
        var request = new LookRequest(
            string.Create(CultureInfo.InvariantCulture, $"fps={FrameRate}:eof_action=pass"),
            each,
            new LookPicture(picture, ["-c:v", "mjpeg", "-q:v", "2"], ".jpg")
        );
        var count = 0;

        foreach (var look in await _looks.TakeAsync(plan, source, looks, request, scratch, cancellation))
        {
            foreach (var file in look.Files)
            {
                File.Move(file, Path.Combine(frames, string.Create(CultureInfo.InvariantCulture, $"{count++}.jpg")));
            }
        }

        var output = scratch.File("preview.webp");
        await ffmpeg.RunAsync(JoinArguments(frames, output), Nice.Background, cancellation);
        return output;
    }

    private static IEnumerable<string> JoinArguments(string frames, string output) =>
        [
            "-f",
            "image2",
            "-framerate",
            FfmpegArguments.Number(FrameRate),
            "-start_number",
            "0",
            .. FfmpegArguments.Guard("image2"),
            "-i",
            TileArguments.Pattern(frames, "%d.jpg"),
            "-c:v",
            "libwebp_anim",
            "-quality",
            FfmpegArguments.Number(Quality),
            "-loop",
            "0",
            "-f",
            "webp",
            FfmpegArguments.File(output),
        ];
}
