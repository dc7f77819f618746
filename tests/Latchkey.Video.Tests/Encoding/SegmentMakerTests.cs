using Latchkey.Video.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

public sealed class SegmentMakerTests : IDisposable
{
    private const double Tick = 0.000012;

    private readonly TestMedia media = new();

    public void Dispose() => media.Dispose();

    [Theory]
    [InlineData("30000/1001", "-g 45 -bf 3 -video_track_timescale 30000")]
    [InlineData("25", "-g 50 -bf 2")]
    [InlineData("25", "-g 50 -bf 0")]
    [InlineData("24", "-g 60 -bf 16 -b_strategy 2")]
    public async Task Can_cut_and_encode_on_the_same_times(string rate, string options)
    {
        var source = await media.MakeAsync(
            $"-f lavfi -i testsrc2=s=640x360:r={rate}:d=9 -f lavfi -i sine=440:r=48000:d=9 -c:v libx264 -preset veryfast {options} -c:a aac",
            "source.mp4"
        );
        var plan = await media.PlanAsync(source);
        var expected = await TestMedia.TimesAsync(source.Path);

        plan.Video.Select(video => (video.Name, video.Method))
            .ShouldBe([("240p", RenditionMethod.Encoded), ("360p", RenditionMethod.Copied)]);
        plan.FrameCounts.Sum().ShouldBe(expected.Length);

        var copied = await media.JoinAsync(await media.SegmentsAsync(source, plan, "360p", (0, plan.SegmentCount)), plan);
        (await TestMedia.TimesAsync(copied)).ShouldBe(expected, Tick);

        // In one run, and in single segments made out of order: the same.
        var whole = await media.JoinAsync(await media.SegmentsAsync(source, plan, "240p", (0, plan.SegmentCount)), plan);
        (await TestMedia.TimesAsync(whole)).ShouldBe(expected, Tick);

        (int, int)[] single = [.. Enumerable.Range(0, plan.SegmentCount).Reverse().Select(n => (n, n + 1))];
        var pieces = await media.JoinAsync(await media.SegmentsAsync(source, plan, "240p", single), plan);
        (await TestMedia.TimesAsync(pieces)).ShouldBe(expected, Tick);

        // Packets that are copied decode to the very same pictures.
        (await TestMedia.FramesAsync(copied, "null")).ShouldBe(await TestMedia.FramesAsync(source.Path, "null"));
    }
}
