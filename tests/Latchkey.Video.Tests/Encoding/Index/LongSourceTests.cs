using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Index;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding.Index;

/// <summary>Sources of which not every frame is looked at: the same containers as long ones, with the limit set to nothing.</summary>
public sealed class LongSourceTests : IDisposable
{
    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [Theory]
    [InlineData("h264.ts", "-c:v libx264 -preset veryfast -g 40 -bf 2 -c:a mp2", "30000/1001", 0)]
    [InlineData("h264.flv", "-c:v libx264 -preset veryfast -g 40 -bf 2 -c:a aac", "24", 0)]
    [InlineData("odd.ts", "-c:v libx264 -preset veryfast -g 250 -sc_threshold 0 -bf 3 -c:a mp2", "25", 0)]
    [InlineData("mpeg2.mpg", "-c:v mpeg2video -bf 2 -g 12 -c:a mp2", "25", 1)]
    [InlineData("mpeg4.avi", "-c:v mpeg4 -bf 0 -c:a libmp3lame", "25", 0)]
    public async Task Can_encode_without_having_seen_every_frame(string name, string options, string rate, int mayMiss)
    {
        var source = await _media.MakeAsync(
            $"-f lavfi -i testsrc2=s=426x240:r={rate}:d=12 -f lavfi -i sine=440:r=44100:d=12 {options} -threads 2",
            name
        );
        var plan = await PlanAsync(source);
        var times = name.EndsWith(".mpg", StringComparison.Ordinal)
            ? [.. Enumerable.Range(0, 300).Select(frame => frame / 25.0)]
            : await TestMedia.TimesAsync(source.Path);

        plan.SegmentCount.ShouldBe(5);
        plan.DurationSeconds.ShouldBe(12, 0.1);

        (int, int)[] runs = [(1, 2), (0, 1), (4, 5), (2, 4)];
        var shown = await TestMedia.TimesAsync(await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "240p", runs), plan));
        shown.Length.ShouldBeInRange(times.Length - mayMiss, times.Length);

        var frame = 1 / plan.Video[0].FrameRate;
        var longest = times.Zip(times.Skip(1), (at, next) => next - at).Max() + (frame / 2);
        shown.Zip(shown.Skip(1), (at, next) => next - at).ShouldAllBe(way => way > frame / 2 && way < longest);

        // The pictures are those of the source, each once.
        var sum = shown.Zip(times, (ours, theirs) => Math.Abs(ours - (theirs - times[0]))).Max();
        sum.ShouldBeLessThan(frame / 2);
    }

    [Theory]
    [InlineData("film.mp4", "-movflags +faststart")]
    [InlineData("film.mkv", "")]
    public async Task Can_plan_two_hours_by_reading_little(string name, string options)
    {
        var basis = await _media.MakeAsync(
            "-f lavfi -i testsrc2=s=320x180:r=12:d=20 -f lavfi -i sine=440:r=48000:d=20 -c:v libx264 -preset ultrafast -b:v 300k -g 24 -c:a aac",
            "basis.mp4"
        );
        var film = await _media.MakeAsync($"-stream_loop 359 -i {basis.Path} -c copy {options}", name);
        var counted = new CountingFile(film);

        var index = await new SourceIndexer(TestMedia.Ffmpeg).IndexAsync(new SourceInput(counted, film.Path), default);
        var plan = PlanMaker.Make(index, new PlanOptions());

        plan.DurationSeconds.ShouldBe(7200, 8);
        plan.Video.ShouldContain(rendition => rendition.Method == RenditionMethod.Copied);
        TestContext.Current.TestOutputHelper?.WriteLine($"{counted.BytesRead} of {film.File.Length} bytes in {counted.Reads} reads");
        counted.BytesRead.ShouldBeLessThan(film.File.Length / 20);
    }

    [Fact]
    public async Task Can_encode_a_variable_frame_rate_between_boundaries_that_no_frame_falls_on()
    {
        var source = await _media.MakeAsync(
            "-f lavfi -i testsrc2=s=320x240:r=30:d=12 -vf select='not(eq(mod(n\\,7)\\,3))',setpts=PTS+0.011/TB -fps_mode vfr -c:v libx264 -preset veryfast -bf 3 -g 40",
            "vfr.ts"
        );
        var plan = await PlanAsync(source);
        var times = await TestMedia.TimesAsync(source.Path);
        plan.KnowsFrames.ShouldBeFalse();

        (int, int)[] single = [.. Enumerable.Range(0, plan.SegmentCount).Select(n => (n, n + 1))];
        var pieces = await TestMedia.TimesAsync(await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "240p", single), plan));
        var whole = await TestMedia.TimesAsync(
            await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "240p", (0, plan.SegmentCount)), plan)
        );

        pieces.ShouldBe(whole, 0.00002);
        pieces.Length.ShouldBe(times.Length);

        // Where a frame is missing at a boundary, the next one comes earlier by its half.
        pieces.Zip(times, (ours, theirs) => Math.Abs(ours - (theirs - times[0]))).Max().ShouldBeLessThan(1.01 / 30);
    }

    [Fact]
    public async Task Can_show_a_hole_of_some_seconds()
    {
        var source = await _media.MakeAsync(
            "-f lavfi -i testsrc2=s=320x240:r=25:d=30 -vf select='lt(t\\,8)+gt(t\\,19)' -fps_mode vfr -c:v libx264 -preset veryfast -g 25",
            "hole.ts"
        );
        var plan = await PlanAsync(source);
        plan.DurationSeconds.ShouldBe(30, 0.1);

        var shown = await TestMedia.TimesAsync(
            await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "240p", (0, plan.SegmentCount)), plan)
        );
        shown[^1].ShouldBe(29.96, 0.05);
        shown.Zip(shown.Skip(1), (at, next) => next - at).Min().ShouldBeGreaterThan(0.01);
    }

    private static async Task<EncodingPlan> PlanAsync(LocalFile source) =>
        PlanMaker.Make(
            await new SourceIndexer(TestMedia.Ffmpeg) { WholeScanBytes = 0 }.IndexAsync(source.Input, default),
            new PlanOptions(AllowCopy: false)
        );
}
