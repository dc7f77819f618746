using System.Globalization;

namespace Latchkey.Bench;

/// <summary>Makes the sources once, and keeps them: 1080p at 30 frames a second with AAC, about 6 Mb/s, a keyframe every 2 s.</summary>
internal sealed class Sources(string folder)
{
    private const int Basis = 10;

    /// <summary>Noise over a moving test picture: neither as easy as graphics nor as hard as pure noise.</summary>
    private const string Picture = "testsrc2=size=1920x1080:rate=30,noise=alls=12:allf=t";

    public Task<string> H264Async(int seconds) =>
        MakeAsync(
            "h264",
            seconds,
            "-c:v libx264 -preset veryfast -b:v 6M -maxrate 8M -bufsize 12M -pix_fmt yuv420p -g 60 -keyint_min 60 -sc_threshold 0"
        );

    public Task<string> HevcAsync(int seconds) =>
        MakeAsync(
            "hevc",
            seconds,
            "-c:v libx265 -preset ultrafast -b:v 6M -pix_fmt yuv420p -tag:v hvc1 -x265-params keyint=60:min-keyint=60:scenecut=0:log-level=error"
        );

    /// <summary>Ten seconds are encoded; longer ones repeat them.</summary>
    private async Task<string> MakeAsync(string codec, int seconds, string encoder)
    {
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{codec}-{seconds}.mp4"));

        if (File.Exists(path))
            return path;

        Directory.CreateDirectory(folder);
        var growing = path + ".growing.mp4";

        if (seconds == Basis)
        {
            await Ffmpeg.RunAsync(
                $"-f lavfi -i {Picture} -f lavfi -i sine=frequency=330:sample_rate=48000 -t {Basis} {encoder} -c:a aac -b:a 128k -movflags +faststart {growing}"
            );
        }
        else
        {
            var basis = await MakeAsync(codec, Basis, encoder);
            var times = (seconds / Basis) - 1;
            await Ffmpeg.RunAsync(
                $"-stream_loop {times} -i {basis} -map 0 -c copy -tag:v {(codec == "hevc" ? "hvc1" : "avc1")} -movflags +faststart {growing}"
            );
        }

        File.Move(growing, path);
        return path;
    }
}
