using Latchkey.Video.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding.Copying;

public sealed class MatroskaCopyTests : IDisposable
{
    /// <summary>Matroska's times are whole milliseconds.</summary>
    private const double Tick = 0.000012;

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [Theory]
    [InlineData("30000/1001", "-g 45 -bf 3", "")]
    [InlineData("25", "-g 50 -bf 0", "-cues_to_front 1")]
    [InlineData("24", "-g 48 -bf 16 -b_strategy 2", "-live 1")]
    public async Task Can_cut_and_encode_on_the_same_times(string rate, string options, string container)
    {
        var source = await _media.MakeAsync(
            $"-f lavfi -i testsrc2=s=640x360:r={rate}:d=9 -f lavfi -i sine=440:r=48000:d=9 -c:v libx264 -preset veryfast {options} -c:a aac {container}",
            "source.mkv"
        );
        var plan = await _media.PlanAsync(source);
        var times = await TestMedia.TimesAsync(source.Path);
        var expected = times.Select(time => time - times[0]).ToArray();

        plan.Video.Select(video => (video.Name, video.Method))
            .ShouldBe([("240p", RenditionMethod.Encoded), ("360p", RenditionMethod.Copied)]);
        plan.SegmentCount.ShouldBeGreaterThan(2);
        plan.DurationSeconds.ShouldBe(9, 0.1);
        plan.Video[1].FrameRate.ShouldBe(expected.Length / 9.0, 0.1);

        var copied = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "360p", (0, plan.SegmentCount)), plan);
        (await TestMedia.TimesAsync(copied)).ShouldBe(expected, Tick);

        (int, int)[] runs = [(1, 2), (0, 1), (2, plan.SegmentCount)];
        var encoded = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "240p", runs), plan);
        (await TestMedia.TimesAsync(encoded)).ShouldBe(expected, Tick);

        // Packets that are copied decode to the very same pictures.
        (await TestMedia.FramesAsync(copied, "null")).ShouldBe(await TestMedia.FramesAsync(source.Path, "null"));

        plan.Audio!.Method.ShouldBe(RenditionMethod.Copied);
        var sound = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "audio", runs), plan);
        var heard = await TestMedia.TimesAsync(sound, "a:0");
        heard.Zip(heard.Skip(1), (at, next) => next - at).ShouldAllBe(way => Math.Abs(way - (1024 / 48000.0)) < Tick);

        // The length that the header tells may end within the last piece.
        var (cut, original) = (await SoundAsync(sound), await SoundAsync(source.Path));
        cut.Length.ShouldBeInRange(original.Length - 1, original.Length + 1);
        cut[..^2].ShouldBe(original[..(cut.Length - 2)]);
    }

    [Fact]
    public async Task Can_fill_a_hole_in_the_sound_with_silence()
    {
        var holed = await _media.MakeAsync(
            "-f lavfi -i testsrc2=s=64x64:r=25:d=12 -f lavfi -i sine=440:r=48000:d=12 -af aselect=not(between(t\\,8\\,8.5)) -c:v libx264 -preset ultrafast -g 25 -c:a aac",
            "holed.mkv"
        );
        var plan = await _media.PlanAsync(holed);
        plan.Audio!.Method.ShouldBe(RenditionMethod.Copied);

        var sound = await _media.JoinAsync(await _media.SegmentsAsync(holed, plan, "audio", (0, plan.SegmentCount)), plan);
        (await TestMedia.TimesAsync(sound, "a:0")).Length.ShouldBe((int)plan.Audio.FrameBoundaries[^1]);

        var quiet = await TestMedia.ErrorsAsync("ffmpeg", $"-v info -nostats -i {sound} -af silencedetect=n=-60dB:d=0.3 -f null -");
        quiet.Split("silence_duration: ").Length.ShouldBe(2);
        quiet.ShouldNotContain("Error");
    }

    [Fact]
    public async Task Cannot_cut_where_a_keyframe_leans_on_earlier_pictures()
    {
        var source = await _media.MakeAsync(
            "-f lavfi -i testsrc2=s=64x64:r=25:d=9 -c:v libx264 -preset ultrafast -x264-params keyint=50:bframes=0:open-gop=1:intra-refresh=0:ref=4",
            "plain.mkv"
        );
        (await _media.PlanAsync(source)).Video.ShouldHaveSingleItem().Method.ShouldBe(RenditionMethod.Copied);

        var open = await _media.MakeAsync(
            "-f lavfi -i testsrc2=s=64x64:r=25:d=9 -c:v libx264 -preset veryfast -x264-params keyint=50:bframes=3:open-gop=1",
            "open.mkv"
        );
        (await _media.PlanAsync(open)).Video.ShouldHaveSingleItem().Method.ShouldBe(RenditionMethod.Encoded);
    }

    /// <summary>The packets' checksums, without those that only prime the decoder.</summary>
    private static async Task<string[]> SoundAsync(string path) =>
        (await TestMedia.RunAsync("ffmpeg", $"-v error -i {path} -map 0:a -c copy -f framemd5 -"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(',')[^1].Trim())
            .ToArray();
}
