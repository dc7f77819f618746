using Latchkey.Video.Encoding;
using Latchkey.Video.Ffmpeg;
using Latchkey.Video.Tests.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Ffmpeg;

public sealed class LooksTests : IDisposable
{
    private static readonly LookRequest Request = new(
        "null",
        Frames: 2,
        new LookPicture("scale=32:18,format=gray", ["-c:v", "rawvideo"], ".gray"),
        new LookPicture("format=yuvj420p", ["-c:v", "mjpeg"], ".jpg")
    );

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [Theory]
    [InlineData("320x180", 1)]
    [InlineData("3840x2160", 4)]
    public async Task Can_look_at_several_places_with_as_few_decoders_as_fit(string size, int processes)
    {
        using var counting = new FakeFfmpeg("", "nothing");
        var (source, plan) = await SourceAsync(size);

        var looks = await TakeAsync(counting, source, plan, [0, 1, 2, 3]);

        looks.Select(look => (look.Segment, look.Files.Count)).ShouldBe([(0, 2), (1, 2), (2, 2), (3, 2)]);
        looks.SelectMany(look => look.Files).ShouldAllBe(file => File.Exists(Path.ChangeExtension(file, ".jpg")));
        counting.StartedCount.ShouldBe(processes);
    }

    /// <summary>
    /// Its keyframes are all that is decoded, and the same pictures come of it. Of H.264 ffmpeg takes only pictures for keyframes that all begins
    /// anew at: where there are others, each place is looked at alone after all.
    /// </summary>
    [Theory]
    [InlineData("libx264 -preset ultrafast", "mp4", 1)]
    [InlineData("libx264 -preset veryfast -bf 2 -x264-params open-gop=1", "mkv", 2)]
    [InlineData("libx265 -preset ultrafast -x265-params log-level=error:open-gop=1", "mp4", 1)]
    [InlineData("libvpx-vp9 -deadline realtime -cpu-used 8", "webm", 1)]
    [InlineData("libx264 -preset ultrafast", "ts", 1)]
    public async Task Can_look_at_a_frame_of_each_of_several_places_in_one_pass(string codec, string container, int processes)
    {
        using var counting = new FakeFfmpeg("", "nothing");
        var one = Request with { Frames = 1 };
        var (source, plan) = await SourceAsync("640x360", codec, container);

        var segments = Looks.Spread(plan, 0, 1, 4);

        var passing = await TakeAsync(counting, source, plan, [.. segments], one);
        passing.Select(look => look.Segment).ShouldBe(segments);
        counting.StartedCount.ShouldBe(processes);

        foreach (var look in passing)
        {
            var alone = (await TakeAsync(counting, source, plan, [look.Segment], one)).ShouldHaveSingleItem();
            Path.GetFileName(look.Files.ShouldHaveSingleItem()).ShouldBe(Path.GetFileName(alone.Files.ShouldHaveSingleItem()));
            (await File.ReadAllBytesAsync(look.Files[0])).ShouldBe(await File.ReadAllBytesAsync(alone.Files[0]));
        }
    }

    [Fact]
    public async Task Can_look_at_each_place_alone_where_one_pass_shows_too_little()
    {
        using var failing = new FakeFfmpeg("exit 1", "nokey");
        var (source, plan) = await SourceAsync("320x180");

        var looks = await TakeAsync(failing, source, plan, [0, 1, 2, 3], Request with { Frames = 1 });

        looks.Select(look => (look.Segment, look.Files.Count)).ShouldBe([(0, 1), (1, 1), (2, 1), (3, 1)]);
    }

    [Fact]
    public async Task Can_look_elsewhere_when_one_place_cannot_be_decoded()
    {
        using var failing = new FakeFfmpeg("exit 1", "look-2/%d.gray");
        var (source, plan) = await SourceAsync("320x180");

        var looks = await TakeAsync(failing, source, plan, [0, 1, 2, 3]);

        looks.Select(look => look.Segment).ShouldBe([0, 1, 3]);
    }

    [Fact]
    public async Task Cannot_see_anything_where_nothing_can_be_decoded()
    {
        using var failing = new FakeFfmpeg("exit 1", ".gray");
        var (source, plan) = await SourceAsync("320x180");

        await Should.ThrowAsync<MediaException>(() => TakeAsync(failing, source, plan, [0, 1]));
    }

    private async Task<(LocalFile Source, EncodingPlan Plan)> SourceAsync(
        string size,
        string codec = "libx264 -preset ultrafast -sc_threshold 0",
        string container = "mp4"
    )
    {
        var source = await _media.MakeAsync($"-f lavfi -i testsrc2=s={size}:r=5:d=20 -c:v {codec} -g 20", $"{size}.{container}");

        return (source, await _media.PlanAsync(source));
    }

    private Task<IReadOnlyList<Look>> TakeAsync(
        FakeFfmpeg ffmpeg,
        LocalFile source,
        EncodingPlan plan,
        int[] segments,
        LookRequest? request = null
    ) =>
        new Looks(new FfmpegRunner(ffmpeg.Options, TimeProvider.System)).TakeAsync(
            plan,
            source.Input,
            segments,
            request ?? Request,
            _media.Scratch,
            TestContext.Current.CancellationToken
        );
}
