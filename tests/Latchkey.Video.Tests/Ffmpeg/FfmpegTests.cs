using System.Diagnostics;
using Latchkey.Platform.Processes;
using Latchkey.Video.Encoding;
using Latchkey.Video.Ffmpeg;
using Latchkey.Video.Tests.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Ffmpeg;

public sealed class FfmpegTests : IDisposable
{
    private static readonly string[] Endless = ["-f", "lavfi", "-re", "-i", "testsrc2=s=64x64", "-f", "null", "-"];

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [Fact]
    public async Task Can_cancel_at_once()
    {
        using var cancel = new CancellationTokenSource();
        var clock = new Stopwatch();

        await Should.ThrowAsync<OperationCanceledException>(() =>
            TestMedia.Ffmpeg.RunAsync(
                Endless,
                Nice.Background,
                cancel.Token,
                _ =>
                {
                    clock.Start();
                    cancel.Cancel();
                }
            )
        );

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Cannot_stand_still()
    {
        // It reads from a pipe that nobody writes into.
        var pipe = _media.Scratch.File("pipe");
        await TestMedia.RunAsync("mkfifo", pipe);
        var runner = new FfmpegRunner(new FfmpegOptions { Patience = TimeSpan.FromMilliseconds(500) }, TimeProvider.System);

        var failure = await Should.ThrowAsync<MediaException>(() => runner.RunAsync(["-i", pipe, "-f", "null", "-"], Nice.None, default));
        failure.Reason.ShouldBe(MediaFailure.EncoderStalled);
    }

    [Fact]
    public async Task Cannot_follow_a_playlist_to_other_files()
    {
        var secret = await _media.MakeAsync("-f lavfi -i testsrc2=s=64x64:r=25:d=1 -c:v libx264", "secret.ts");
        var playlist = _media.Scratch.File("playlist.mp4");
        await File.WriteAllTextAsync(playlist, $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{secret.Path}\n#EXT-X-ENDLIST\n");

        var failure = await Should.ThrowAsync<MediaException>(() => _media.PlanAsync(new LocalFile(playlist)));
        failure.Reason.ShouldBe(MediaFailure.UnsupportedContainer);
    }

    [Fact]
    public async Task Can_make_pictures()
    {
        var source = await _media.MakeAsync(
            "-f lavfi -i color=black:s=1920x1080:r=25:d=0.4 -f lavfi -i testsrc2=s=1920x1080:r=25:d=3 -filter_complex concat=n=2 -c:v libx264 -preset ultrafast -g 25",
            "clip.mp4"
        );
        var plan = await _media.PlanAsync(source);
        var pictures = new Pictures(TestMedia.Ffmpeg);
        var (automatic, late) = (_media.Scratch.File("automatic.jpg"), _media.Scratch.File("late.jpg"));

        await pictures.AutomaticAsync(plan, source.Input, _media.Scratch, automatic, default);
        await pictures.AtAsync(plan, source.Input, 1000, late, default);

        (await SizeAsync(automatic)).ShouldBe("mjpeg,1280,720");
        (await SizeAsync(late)).ShouldBe("mjpeg,1280,720");
        new FileInfo(automatic).Length.ShouldBeGreaterThan(20_000, "a black picture is smaller");
    }

    [Theory]
    [InlineData("uploaded.png", "mjpeg,1280,960")]
    [InlineData("uploaded.jpg", "mjpeg,1280,960")]
    [InlineData("uploaded.webp", "mjpeg,1280,960")]
    public async Task Can_convert_an_uploaded_picture(string name, string expected)
    {
        var picture = await _media.MakeAsync("-f lavfi -i testsrc2=s=1600x1200 -frames:v 1", name);
        var output = _media.Scratch.File("converted.jpg");

        await new Pictures(TestMedia.Ffmpeg).ConvertAsync(picture.Path, output, default);

        (await SizeAsync(output)).ShouldBe(expected);
    }

    [Fact]
    public async Task Cannot_convert_what_is_no_picture()
    {
        var text = _media.Scratch.File("picture.jpg");
        await File.WriteAllTextAsync(text, "#EXTM3U");

        (
            await Should.ThrowAsync<MediaException>(() =>
                new Pictures(TestMedia.Ffmpeg).ConvertAsync(text, _media.Scratch.File("x.jpg"), default)
            )
        ).Reason.ShouldBe(MediaFailure.UnsupportedPicture);
    }

    [Theory]
    [InlineData("clip.mp4", "-c:v libx264 -preset ultrafast -g 25 -c:a aac", true)]
    [InlineData("clip.webm", "-c:v libvpx -deadline realtime -c:a libopus", false)]
    public async Task Can_make_one_file_to_download(string name, string options, bool fromSource)
    {
        var source = await _media.MakeAsync($"-f lavfi -i testsrc2=s=320x240:r=25:d=3 -f lavfi -i sine=440:r=48000:d=3 {options}", name);
        var plan = await _media.PlanAsync(source);
        var folders = new Dictionary<string, string>();

        foreach (var rendition in fromSource ? Array.Empty<string>() : ["240p", "audio"])
        {
            folders[rendition] = await _media.SegmentsAsync(source, plan, rendition, (0, plan.SegmentCount));
        }

        Mp4Maker.NeedsSourceOnly(plan).ShouldBe(fromSource);

        var made = await new Mp4Maker(TestMedia.Ffmpeg).MakeAsync(
            plan,
            source.Input,
            (rendition, file, _) => new(new LocalFile(Path.Combine(folders[rendition], file))),
            _media.Scratch,
            progress: null,
            default
        );

        (await TestMedia.TimesAsync(made)).Length.ShouldBe(75);
        (await TestMedia.TimesAsync(made))[0].ShouldBe(0, 0.001);
        (await TestMedia.RunAsync("ffprobe", $"-v error -show_entries stream=codec_name -of csv=p=0 {made}")).ShouldBe("h264\naac\n");
    }

    private static async Task<string> SizeAsync(string picture) =>
        (await TestMedia.RunAsync("ffprobe", $"-v error -show_entries stream=codec_name,width,height -of csv=p=0 {picture}")).Trim();
}
