using System.Globalization;
using System.Text;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;
using Latchkey.Platform.Processes;

namespace Latchkey.Generation.Providers.Sandbox;

/// <summary>Draws with ffmpeg: a test pattern, the word SANDBOX, the prompt, and in clips a tone and the running time.</summary>
internal sealed class SandboxRendering(MediaTools tools)
{
    private const int LongestPrompt = 160;
    private const int CharactersALine = 32;
    private const int DefaultSeconds = 2;
    private const int MostSeconds = 15;

    /// <returns>Whether the file is there now.</returns>
    public async Task<bool> RenderAsync(MediaKind kind, GenerationOrder order, string path, CancellationToken cancellation)
    {
        // In a file, since no quoting survives every prompt in a filter's arguments.
        var text = path + ".txt";
        await File.WriteAllTextAsync(text, Wrap(order.Prompt), cancellation);

        var (width, height) = SizeOf(order);
        var seconds = (int)Math.Clamp(order.Number(OrderFields.Duration) ?? DefaultSeconds, 1, MostSeconds);
        var filter =
            $"drawbox=0:0:iw:ih:black@0.45:fill,drawtext=text=SANDBOX:expansion=none:fontcolor=yellow:fontsize=h/10:x=(w-tw)/2:y=h/12,"
            + $"drawtext=textfile='{text}':expansion=none:fontcolor=white:fontsize=h/22:line_spacing=8:x=w/20:y=h/3";

        var (isDone, _) = await tools.FfmpegAsync(
            kind == MediaKind.Image ? Picture(width, height, filter, path) : Clip(width, height, seconds, filter, path),
            Nice.None,
            cancellation
        );

        File.Delete(text);
        return isDone;
    }

    private static string[] Picture(int width, int height, string filter, string path) =>
        [
            "-f",
            "lavfi",
            "-i",
            string.Create(CultureInfo.InvariantCulture, $"testsrc2=size={width}x{height}:rate=1:duration=1"),
            "-vf",
            filter,
            "-frames:v",
            "1",
            "-c:v",
            "png",
            "-f",
            "image2",
            "-update",
            "1",
            "file:" + path,
        ];

    private static string[] Clip(int width, int height, int seconds, string filter, string path) =>
        [
            "-f",
            "lavfi",
            "-i",
            string.Create(CultureInfo.InvariantCulture, $"testsrc2=size={width}x{height}:rate=24:duration={seconds}"),
            "-f",
            "lavfi",
            "-i",
            string.Create(CultureInfo.InvariantCulture, $"sine=frequency=440:duration={seconds}"),
            "-vf",
            filter,
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
            "-shortest",
            "-movflags",
            "+faststart",
            "-f",
            "mp4",
            "file:" + path,
        ];

    private static (int Width, int Height) SizeOf(GenerationOrder order) =>
        order.Text(OrderFields.AspectRatio) switch
        {
            "9:16" or "2:3" or "3:4" => (360, 640),
            "1:1" => (512, 512),
            _ => (640, 360),
        };

    /// <summary>Without control characters, broken into lines: ffmpeg's drawtext does neither.</summary>
    private static string Wrap(string prompt)
    {
        var text = new StringBuilder();
        var onLine = 0;

        foreach (var rune in prompt.EnumerateRunes().Take(LongestPrompt))
        {
            var isBreak = Rune.IsControl(rune) || onLine >= CharactersALine;
            text.Append(isBreak ? "\n" : "").Append(Rune.IsControl(rune) ? "" : rune.ToString());
            onLine = isBreak ? 1 : onLine + 1;
        }

        return text.Length == 0 ? " " : text.ToString();
    }
}
