using Latchkey.Video.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

public sealed class PlaylistsTests : IDisposable
{
    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [Fact]
    public async Task Can_list_what_ffprobe_plays()
    {
        var source = await _media.MakeAsync(
            "-f lavfi -i testsrc2=s=640x360:r=30000/1001:d=5 -f lavfi -i sine=440:r=44100:d=5 -c:v libx264 -preset ultrafast -g 30 -c:a aac",
            "clip.mp4"
        );
        var plan = await _media.PlanAsync(source);
        var root = _media.Scratch.File("hls");

        foreach (var rendition in new[] { "240p", "360p", "audio" })
        {
            var made = await _media.SegmentsAsync(source, plan, rendition, (0, plan.SegmentCount));
            Directory.CreateDirectory(Path.Combine(root, rendition));
            Directory.Move(made, Path.Combine(root, rendition, Playlists.Folder(plan)));
            await File.WriteAllTextAsync(Path.Combine(root, rendition, "manifest.m3u8"), Playlists.Media(plan, rendition));
        }

        var master = Path.Combine(root, "manifest.m3u8");
        await File.WriteAllTextAsync(master, Playlists.Master(plan, []));

        var streams = await TestMedia.RunAsync("ffprobe", $"-v error -show_entries stream=codec_name,width,height -of csv=p=0 {master}");
        streams
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Distinct()
            .ShouldBe(["aac", "h264,426,240", "h264,640,360"], ignoreOrder: true);
        (await TestMedia.TimesAsync(master, "v:0")).Length.ShouldBe(150);
    }

    [Fact]
    public async Task Can_keep_a_plan_as_json_and_decorate_its_addresses()
    {
        var source = await _media.MakeAsync(
            "-f lavfi -i testsrc2=s=320x240:r=25:d=12 -f lavfi -i sine=440:r=48000:d=12 -c:v libx264 -preset ultrafast -c:a ac3",
            "clip.mp4"
        );
        var plan = await _media.PlanAsync(source);
        var json = EncodingPlanJson.Write(plan);
        var back = EncodingPlanJson.Read(json);

        EncodingPlanJson.Write(back).ShouldBe(json);
        back.Boundaries.ShouldBe(plan.Boundaries);
        back.Audio!.FrameBoundaries.ShouldBe(plan.Audio!.FrameBoundaries);
        back.Video.ShouldBe(plan.Video);
        back.Source.ShouldBe(plan.Source);
        json.Length.ShouldBeLessThan(2000);

        Playlists.Media(plan, "audio", uri => uri + "?avh=1").ShouldNotBeNull().ShouldContain("v1/0.m4s?avh=1\n");
        Playlists.Media(plan, "9000p").ShouldBeNull();
        Playlists.Master(plan, []).ShouldContain($"CODECS=\"{plan.Video[^1].Codecs},mp4a.40.2\"");
    }
}
