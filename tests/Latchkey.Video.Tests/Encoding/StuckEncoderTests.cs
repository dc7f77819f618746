using System.Net;
using Latchkey.Testing;
using Latchkey.Video.Tests.Ffmpeg;
using Latchkey.Video.Tests.Playback;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

/// <summary>ffmpeg hangs, dies or lies: once is forgiven, twice is named, and the other renditions go on.</summary>
public sealed class StuckEncoderTests
{
    private const string Hangs = "exec sleep 1000";
    private const string ShowsProgressOnly =
        "for i in {1..1000}; do printf 'frame=0\\nfps=%d\\nout_time_us=0\\nspeed=%dx\\nprogress=continue\\n' $i $i; sleep 0.1; done";

    [Theory]
    [InlineData(Hangs, "encoder_stalled")]
    [InlineData(ShowsProgressOnly, "encoder_stalled")]
    [InlineData("kill -SEGV $$", "encoder_failed", Traits = ["Duration", "Long"])]
    [InlineData("kill -KILL $$", "encoder_killed", Traits = ["Duration", "Long"])]
    [InlineData("head -c 100000 /dev/urandom > $out; head -c 1000 /dev/urandom; exit 0", "undecodable")]
    [InlineData("exit 0", "undecodable", Traits = ["Duration", "Long"])]
    public async Task Can_finish_all_but_the_rendition_that_cannot_be_made(string misbehaviour, string reason)
    {
        using var fake = new FakeFfmpeg(misbehaviour, "240p.growing");
        await using var server = await VideoServer.StartAsync(adjust: fake.Replace);

        var videoId = await server.PublishAsync(await server.ForeignClipAsync(2, "640x360"));
        var settled = await server.SettledAsync(videoId);

        settled.ShouldBe([$"hls 240p failed {reason}", "hls 360p encoded", "mp4 360p encoded"]);

        var master = await server.MasterAsync($"/vod/{videoId}/hls/manifest.m3u8");
        master.ShouldContain("360p/manifest.m3u8");
        master.ShouldContain("audio/manifest.m3u8");
        master.ShouldNotContain("240p");

        (await server.StatusOfAsync($"/vod/{videoId}/hls/240p/manifest.m3u8")).ShouldBe(HttpStatusCode.NotFound);
        (await server.StatusOfAsync($"/vod/{videoId}/hls/240p/v1/0.m4s")).ShouldBe(HttpStatusCode.NotFound);
        (await server.StatusOfAsync($"/vod/{videoId}/hls/360p/v1/0.m4s")).ShouldBe(HttpStatusCode.OK);
        await Eventually.IsTrueAsync(() => fake.Running.Count == 0, "a process was left behind");
    }

    [Fact]
    public async Task Can_go_on_when_it_hangs_once()
    {
        using var fake = new FakeFfmpeg($"if [ ! -e $once ]; then touch $once; {Hangs}; fi", "240p.growing");
        await using var server = await VideoServer.StartAsync(adjust: fake.Replace);

        var videoId = await server.PublishAsync(await server.ForeignClipAsync(2));

        (await server.SettledAsync(videoId)).ShouldBe(["hls 240p encoded", "mp4 240p encoded"]);
        await Eventually.IsTrueAsync(() => fake.Running.Count == 0, "a process was left behind");
    }

    [Fact]
    public async Task Cannot_play_when_nothing_can_be_made_and_says_why()
    {
        using var fake = new FakeFfmpeg("kill -SEGV $$", "growing");
        await using var server = await VideoServer.StartAsync(adjust: fake.Replace);

        var videoId = await server.PublishAsync(await server.ForeignClipAsync(2));

        (await server.SettledAsync(videoId)).ShouldBe(["hls 240p failed encoder_failed", "mp4 240p failed encoder_failed"]);
        (await server.StatusAsync(videoId))["encoding"]!["playable"]!.GetValue<bool>().ShouldBeFalse();

        // What the grain tells, the row says a moment later.
        await Eventually.IsTrueAsync(async () =>
            await server.StatusOfAsync($"/vod/{videoId}/hls/manifest.m3u8") == HttpStatusCode.NotFound
        );
        (await server.StatusOfAsync($"/vod/{videoId}/hls/240p/v1/0.m4s")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Can_make_a_segment_again_that_is_lost()
    {
        await using var server = await VideoServer.StartAsync();
        var videoId = await server.PublishAsync(await server.ForeignClipAsync(2));
        await server.EncodedAsync(videoId);
        var folder = Path.Combine(server.Host.DataPath, "files", "videos", videoId, "v1", "240p");

        File.Delete(Path.Combine(folder, "0.m4s"));
        File.Delete(Path.Combine(folder, "init.mp4"));

        // As players do: a 503 is asked for again.
        await Eventually.IsTrueAsync(async () => await server.StatusOfAsync($"/vod/{videoId}/hls/240p/v1/init.mp4") == HttpStatusCode.OK);
        await Eventually.IsTrueAsync(async () => await server.StatusOfAsync($"/vod/{videoId}/hls/240p/v1/0.m4s") == HttpStatusCode.OK);
    }
}
