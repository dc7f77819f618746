using Latchkey.EndToEnd.Tests.Running;
using Xunit;

[assembly: AssemblyFixture(typeof(Latchkey.EndToEnd.Tests.Media.Clips))]

namespace Latchkey.EndToEnd.Tests.Media;

/// <summary>Clips with a known content, made by ffmpeg once for all tests.</summary>
public sealed class Clips : IAsyncLifetime
{
    public const int LongSeconds = 24;
    public const int FilmSeconds = 300;
    public const double UniformSeconds = 10.01;

    private readonly TemporaryFolder _folder = new();

    /// <summary>12 s of 640 x 360 at 25 fps, H.264 with a keyframe every 2 s, and AAC: copied to 360p, encoded to 240p.</summary>
    public string Short => _folder.File("short clip.mp4");

    /// <summary>As the short one, padded to about 12 MiB: three parts of 5 MiB.</summary>
    public string Big => _folder.File("big.mp4");

    /// <summary>24 s of 854 x 480: there is time to stop the server while it encodes.</summary>
    public string Long => _folder.File("long.mp4");

    public string Picture => _folder.File("picture.jpg");

    /// <summary>Five minutes of 640 x 360, for the long tests alone.</summary>
    public async Task<string> FilmAsync()
    {
        var film = _folder.File("film.mp4");

        if (!File.Exists(film))
            await MakeAsync(film, "640x360", FilmSeconds);

        return film;
    }

    public async ValueTask InitializeAsync()
    {
        await MakeAsync(Short, "640x360", seconds: 12);
        await MakeAsync(
            Big,
            "640x360",
            seconds: 20,
            "-b:v",
            "5M",
            "-minrate",
            "5M",
            "-maxrate",
            "5M",
            "-bufsize",
            "5M",
            "-x264-params",
            "nal-hrd=cbr"
        );
        await MakeAsync(Long, "854x480", seconds: LongSeconds);
        await FfmpegAsync("-f", "lavfi", "-i", "testsrc2=size=640x360", "-frames:v", "1", Picture);
    }

    /// <summary>300 frames of 854 x 480 at 29.97 fps with one keyframe and AC-3: nothing can be copied, and no whole second falls on a frame.</summary>
    public async Task<string> UniformAsync()
    {
        var clip = _folder.File("uniform.mkv");

        if (!File.Exists(clip))
        {
            await FfmpegAsync(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=854x480:rate=30000/1001",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:sample_rate=48000",
                "-frames:v",
                "300",
                "-t",
                "10.01",
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-pix_fmt",
                "yuv420p",
                "-g",
                "1000",
                "-c:a",
                "ac3",
                clip
            );
        }

        return clip;
    }

    /// <summary>Two hours: 20 s over and over, with one keyframe in them, so that nothing can be copied.</summary>
    public async Task<string> TwoHoursAsync()
    {
        var (basis, film) = (_folder.File("basis.mp4"), _folder.File("two hours.mp4"));

        if (!File.Exists(film))
        {
            await FfmpegAsync(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x180:rate=12",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:sample_rate=48000",
                "-t",
                "20",
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-pix_fmt",
                "yuv420p",
                "-g",
                "240",
                "-c:a",
                "aac",
                basis
            );
            await FfmpegAsync("-stream_loop", "359", "-i", basis, "-c", "copy", "-movflags", "+faststart", film);
        }

        return film;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Task MakeAsync(string file, string size, int seconds, params string[] rate) =>
        FfmpegAsync([
            "-f",
            "lavfi",
            "-i",
            $"testsrc2=size={size}:rate=25",
            "-f",
            "lavfi",
            "-i",
            "sine=frequency=440:sample_rate=48000",
            "-t",
            $"{seconds}",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            "yuv420p",
            "-g",
            "50",
            .. rate,
            "-c:a",
            "aac",
            "-movflags",
            "+faststart",
            file,
        ]);

    private static Task FfmpegAsync(params string[] arguments) =>
        Command.SucceedAsync("ffmpeg", ["-hide_banner", "-loglevel", "error", "-y", .. arguments]);
}
