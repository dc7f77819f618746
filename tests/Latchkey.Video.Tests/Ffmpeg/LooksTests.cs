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

    private async Task<(LocalFile Source, EncodingPlan Plan)> SourceAsync(string size)
    {
        var source = await _media.MakeAsync(
            $"-f lavfi -i testsrc2=s={size}:r=5:d=20 -c:v libx264 -preset ultrafast -g 20 -sc_threshold 0",
            $"{size}.mp4"
        );

        return (source, await _media.PlanAsync(source));
    }

    private Task<IReadOnlyList<Look>> TakeAsync(FakeFfmpeg ffmpeg, LocalFile source, EncodingPlan plan, int[] segments) =>
        new Looks(new FfmpegRunner(ffmpeg.Options, TimeProvider.System)).TakeAsync(
            plan,
            source.Input,
            segments,
            Request,
            _media.Scratch,
            TestContext.Current.CancellationToken
        );
}
