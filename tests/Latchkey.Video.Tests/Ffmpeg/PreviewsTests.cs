using Latchkey.Platform.Files;
using Latchkey.Video.Ffmpeg;
using Latchkey.Video.Tests.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Ffmpeg;

public sealed class PreviewsTests : IDisposable
{
    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [Theory]
    [InlineData("film.mp4", "s=640x360:r=25:d=24 -c:v libx264 -preset ultrafast -g 50", 36, 320, 180)]
    [InlineData("clip.mp4", "s=180x320:r=25:d=1 -c:v libx264 -preset ultrafast", 10, 180, 320)]
    public async Task Can_make_a_small_moving_picture(string name, string options, int frames, int width, int height)
    {
        var source = await _media.MakeAsync($"-f lavfi -i testsrc2={options}", name);
        var plan = await _media.PlanAsync(source);
        using var scratch = new ScratchFolder(Directory.CreateTempSubdirectory("latchkey-preview-").FullName);

        var preview = await new Previews(TestMedia.Ffmpeg).MakeAsync(plan, source.Input, scratch, default);

        var bytes = await File.ReadAllBytesAsync(preview);
        bytes.Length.ShouldBeLessThan(400_000);
        var (canvasWidth, canvasHeight, animated) = ReadHeader(bytes);
        (canvasWidth, canvasHeight).ShouldBe((width, height));
        animated.ShouldBe(frames);
    }

    [Fact]
    public async Task Can_make_a_picture_of_a_single_frame()
    {
        var source = await _media.MakeAsync("-f lavfi -i testsrc2=s=320x180:r=25:d=0.04 -c:v libx264 -preset ultrafast", "frame.mp4");
        using var scratch = new ScratchFolder(Directory.CreateTempSubdirectory("latchkey-preview-").FullName);

        var preview = await new Previews(TestMedia.Ffmpeg).MakeAsync(await _media.PlanAsync(source), source.Input, scratch, default);

        (await TestMedia.RunAsync("ffprobe", $"-v error -show_entries stream=width,height -of csv=p=0 {preview}"))
            .Trim()
            .ShouldBe("320,180");
    }

    /// <summary>Canvas and frames, by the container's chunks (RFC 9649); Debian's ffmpeg cannot read animations.</summary>
    private static (int Width, int Height, int Frames) ReadHeader(byte[] file)
    {
        System.Text.Encoding.ASCII.GetString(file, 8, 8).ShouldBe("WEBPVP8X");
        var frames = 0;

        for (var at = 12; at + 8 <= file.Length; at += 8 + ((BitConverter.ToInt32(file, at + 4) + 1) & ~1))
        {
            frames += System.Text.Encoding.ASCII.GetString(file, at, 4) == "ANMF" ? 1 : 0;
        }

        return (1 + (BitConverter.ToInt32(file, 24) & 0xFFFFFF), 1 + (BitConverter.ToInt32(file, 27) & 0xFFFFFF), frames);
    }
}
