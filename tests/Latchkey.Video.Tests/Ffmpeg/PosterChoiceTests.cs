using Latchkey.Video.Encoding.Storyboards;
using Latchkey.Video.Ffmpeg;
using Latchkey.Video.Tests.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Ffmpeg;

public sealed class PosterChoiceTests : IDisposable
{
    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [Fact]
    public async Task Can_choose_the_sharp_scene_among_blurred_ones_after_a_fade_from_black()
    {
        // Of 60 s: black until 6, sharp from 12 to 14, blurred elsewhere.
        var seconds = await ChosenAsync(
            "blurred.mp4",
            60,
            "eq=brightness=-1:enable='lt(t,6)',gblur=sigma=6:steps=2:enable='not(between(t,12,13.95))'"
        );

        seconds.ShouldBeInRange(12, 14);
    }

    [Fact]
    public async Task Can_choose_a_frame_of_a_short_clip_that_fades_in_from_black()
    {
        var seconds = await ChosenAsync("fade.mp4", 4, "fade=in:0:25", keyframes: 200);

        seconds.ShouldBeGreaterThan(1.4);
    }

    [Fact]
    public async Task Cannot_choose_a_pale_or_a_flat_frame_before_a_clear_one()
    {
        var seconds = await ChosenAsync("pale.mp4", 60, "eq=brightness=0.75:enable='lt(t,8)',eq=contrast=0.02:enable='gt(t,10)'");

        seconds.ShouldBeInRange(8, 10.1);
    }

    [Fact]
    public async Task Can_choose_among_pictures_that_are_all_black()
    {
        var seconds = await ChosenAsync("black.mp4", 4, "eq=brightness=-1");

        seconds.ShouldBeInRange(0, 4);
    }

    private async Task<double> ChosenAsync(string name, int duration, string filter, int keyframes = 20)
    {
        var source = await _media.MakeAsync(
            $"-f lavfi -i testsrc2=s=320x180:r=10:d={duration} -vf {filter} -c:v libx264 -preset ultrafast -g {keyframes} -sc_threshold 0",
            name
        );
        var plan = await _media.PlanAsync(source);

        var picture = new LookPicture("format=yuvj420p", ["-c:v", "mjpeg"], ".jpg");
        var (file, at) = await new PosterChoice(TestMedia.Ffmpeg).FindAsync(plan, source.Input, picture, _media.Scratch, default);

        TileArguments.TimeOf(file).ShouldBe(at);
        (await File.ReadAllBytesAsync(file))[..2].ShouldBe([0xFF, 0xD8]);
        return (double)at / plan.Timescale;
    }
}
