using Latchkey.Platform.Files;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Storyboards;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding.Storyboards;

public sealed class StoryboardTests : IDisposable
{
    /// <summary>Every second has a grey of its own: 40, 65, 90 …</summary>
    private const string Steps = "-f lavfi -i color=black:s=128x72:r=25:d=8,format=gray,geq=lum='40+25*floor(N/25)',format=yuv420p";

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [Fact]
    public async Task Can_make_tiles_beside_the_renditions_of_a_run()
    {
        var source = await _media.MakeAsync($"{Steps} -c:v libvpx -deadline realtime -b:v 500k -g 200", "steps.webm");
        var plan = await _media.PlanAsync(source);
        plan.Boundaries.Select(boundary => boundary / plan.Timescale).ShouldBe([0, 1, 3, 5, 8]);

        var tiles = await TilesAsync(source, plan, ["240p", Storyboard.FolderName], 1, 4);

        tiles.Keys.ShouldBe([1, 2, 3], ignoreOrder: true);
        (await ShadeAsync(tiles[1])).ShouldBe(65, 5);
        (await ShadeAsync(tiles[2])).ShouldBe(115, 5);
        (await ShadeAsync(tiles[3])).ShouldBe(165, 5);
        (await TestMedia.RunAsync("ffprobe", $"-v error -show_entries stream=width,height -of csv=p=0 {tiles[1]}"))
            .Trim()
            .ShouldBe("160,90");
    }

    [Fact]
    public async Task Can_make_tiles_from_the_keyframes_alone()
    {
        var source = await _media.MakeAsync($"{Steps} -c:v libx264 -preset ultrafast -g 50 -sc_threshold 0", "steps.mp4");
        var plan = await _media.PlanAsync(source);
        plan.Video.ShouldAllBe(rendition => rendition.Method == RenditionMethod.Copied);

        var tiles = await TilesAsync(source, plan, [Storyboard.FolderName], 1, plan.SegmentCount);

        foreach (var (segment, tile) in tiles)
        {
            (await ShadeAsync(tile)).ShouldBe(40 + (25 * plan.Seconds(segment)), 5);
        }

        tiles.Count.ShouldBe(plan.SegmentCount - 1);
    }

    [Fact]
    public async Task Can_take_the_keyframe_before_where_a_segment_has_none()
    {
        var source = await _media.MakeAsync($"{Steps} -c:v libvpx -deadline realtime -b:v 500k -g 75", "rare.webm");
        var plan = await _media.PlanAsync(source);

        var tiles = await TilesAsync(source, plan, [Storyboard.FolderName], 0, plan.SegmentCount);

        tiles.Count.ShouldBe(4);
        (await ShadeAsync(tiles[0])).ShouldBe(40, 5);
        (await ShadeAsync(tiles[1])).ShouldBe(40, 5);
        (await ShadeAsync(tiles[2])).ShouldBe(115, 5);
        (await ShadeAsync(tiles[3])).ShouldBe(115, 5);
    }

    [Fact]
    public async Task Can_tell_where_each_tile_lies()
    {
        var plan = await _media.PlanAsync(await _media.MakeAsync($"{Steps} -c:v libvpx -deadline realtime", "index.webm"));

        var index = Storyboard.Index(plan);

        index.ShouldStartWith("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nstoryboard/v1/000.jpg#xywh=0,0,160,90\n");
        index.ShouldContain("\n00:00:05.000 --> 00:00:08.000\nstoryboard/v1/000.jpg#xywh=480,0,160,90\n");
        Storyboard.Decorate(index, uri => uri + "?avh=x").ShouldContain("storyboard/v1/000.jpg?avh=x#xywh=480,0,160,90\n");
    }

    [Fact]
    public async Task Can_thin_out_the_tiles_of_a_very_long_film()
    {
        var plan = await _media.PlanAsync(await _media.MakeAsync($"{Steps} -c:v libvpx -deadline realtime", "long.webm"));
        var film = plan with { Boundaries = [.. Enumerable.Range(0, 9001).Select(second => second * 4L * plan.Timescale)] };

        var segments = Storyboard.ShownSegments(film);

        segments.Count.ShouldBe(1800);
        segments[1].ShouldBe(5);
        Storyboard.Index(film).ShouldContain("\n09:59:40.000 --> 10:00:00.000\nstoryboard/v1/017.jpg#xywh=1440,810,160,90\n");
    }

    [Theory]
    [InlineData(1920, 1080, 160, 90)]
    [InlineData(1080, 1920, 90, 160)]
    [InlineData(1998, 1080, 160, 86)]
    [InlineData(4096, 10, 160, 2)]
    public void Can_keep_the_shape_of_the_video(int width, int height, int tileWidth, int tileHeight)
    {
        var source = new SourceFacts
        {
            Container = "mov",
            DurationSeconds = 1,
            Width = width,
            Height = height,
            VideoCodec = "h264",
            VideoStream = "0",
        };

        Storyboard.TileSize(source).ShouldBe((tileWidth, tileHeight));
    }

    private async Task<Dictionary<int, string>> TilesAsync(LocalFile source, EncodingPlan plan, string[] renditions, int from, int to)
    {
        var tiles = new Dictionary<int, string>();
        using var scratch = new ScratchFolder(Directory.CreateTempSubdirectory("latchkey-100%-run-").FullName);

        await new SegmentMaker(TestMedia.Ffmpeg).MakeAsync(
            plan,
            source.Input,
            new RunRequest(renditions, from, to, RunPriority.Background),
            scratch,
            made =>
            {
                if (made.Rendition == Storyboard.FolderName)
                {
                    tiles[made.Number!.Value] = _media.Scratch.File($"{Guid.NewGuid():N}-{made.FileName}");
                    File.Move(made.Path, tiles[made.Number!.Value]);
                }

                return ValueTask.CompletedTask;
            },
            default
        );

        return tiles;
    }

    private async Task<double> ShadeAsync(string picture)
    {
        var raw = _media.Scratch.File($"{Guid.NewGuid():N}.gray");
        await TestMedia.RunAsync("ffmpeg", $"-v error -i {picture} -pix_fmt gray -f rawvideo {raw}");
        return (await File.ReadAllBytesAsync(raw)).Average(shade => shade);
    }
}
