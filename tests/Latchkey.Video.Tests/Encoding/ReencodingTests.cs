using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Latchkey.Platform.Webhooks;
using Latchkey.Testing;
using Latchkey.Video.Data;
using Latchkey.Video.Encoding;
using Latchkey.Video.Tests.Playback;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

public sealed class ReencodingTests
{
    [Fact]
    public async Task Can_reencode_with_another_ladder()
    {
        using var folder = new TemporaryFolder();
        string videoId;
        byte[] began;

        await using (var server = await StartAsync(folder, "240p"))
        {
            videoId = await server.PublishAsync(await server.ClipAsync(), new { title = "Twice", mp4Support = true });
            await FinishedAsync(server, videoId, version: 1);
            Renditions(await server.MasterAsync(Hls(videoId))).ShouldBe(["240p", "360p"], "the copied one is offered besides");
            began = await server.Viewer.GetByteArrayAsync(Address($"/vod/{videoId}/hls/240p/v1/0.m4s"));
        }

        await using (var server = await StartAsync(folder, "1080p"))
        {
            (await RequestAsync(server, videoId)).ShouldBe(ReencodeAnswer.Requested);
            (await server.StatusOfAsync(Hls(videoId))).ShouldBe(HttpStatusCode.OK);
            (await server.StatusAsync(videoId))["encoding"]!["playable"]!.GetValue<bool>().ShouldBeTrue();

            await EncodingStarter.WakeUnfinishedAsync(server.Host.Services.CreateScope().ServiceProvider, default);
            await Eventually.IsTrueAsync(async () => !(await server.MasterAsync(Hls(videoId))).Contains("240p"));

            // Pictures and the MP4 file never go away in between.
            (await server.StatusOfAsync($"/vod/{videoId}/mp4/source.mp4")).ShouldBe(HttpStatusCode.OK);
            (await server.StatusOfAsync($"/vod/{videoId}/thumbnail.jpg")).ShouldBe(HttpStatusCode.OK);
            (await server.StatusOfAsync($"/vod/{videoId}/storyboard.vtt")).ShouldBe(HttpStatusCode.OK);

            await FinishedAsync(server, videoId, version: 2);
            await PlaysAsync(server, videoId, "360p", version: 2);

            // Who began with the old version goes on: what was stored is, and what was only ever cut on request is cut still.
            (await server.Viewer.GetByteArrayAsync(Address($"/vod/{videoId}/hls/240p/v1/0.m4s"))).ShouldBe(began);
            (await server.StatusOfAsync($"/vod/{videoId}/hls/360p/v1/init.mp4")).ShouldBe(HttpStatusCode.OK);
            (await server.StatusOfAsync($"/vod/{videoId}/hls/360p/v1/2.m4s")).ShouldBe(HttpStatusCode.OK);
            (await server.StatusOfAsync($"/vod/{videoId}/hls/360p/v3/0.m4s")).ShouldBe(HttpStatusCode.NotFound);

            await RemoveOldAsync(server, TimeSpan.FromMinutes(1));
            Directory.Exists(Folder(folder, videoId, 1)).ShouldBeTrue("somebody may still watch it");

            await RemoveOldAsync(server, OldVersions.Kept + TimeSpan.FromMinutes(1));
            Directory.Exists(Folder(folder, videoId, 1)).ShouldBeFalse();
            Directory.Exists(Folder(folder, videoId, 2)).ShouldBeTrue();
            await Eventually.IsTrueAsync(async () =>
                await server.StatusOfAsync($"/vod/{videoId}/hls/240p/v1/0.m4s") == HttpStatusCode.NotFound
            );
            await PlaysAsync(server, videoId, "360p", version: 2);
        }
    }

    [Fact]
    public async Task Cannot_tell_twice_of_a_quality()
    {
        using var folder = new TemporaryFolder();
        string videoId;

        await using (var server = await StartAsync(folder, "240p"))
        {
            using var created = await server.Host.Client.PostAsJsonAsync(
                "/webhooks",
                new { events = new[] { "video.encoding.quality.completed" }, url = "http://127.0.0.1:9/" }
            );
            created.StatusCode.ShouldBe(HttpStatusCode.Created);
            videoId = await server.PublishAsync(await server.ForeignClipAsync(2, "640x360"));
            await FinishedAsync(server, videoId, version: 1);
            (await ToldAsync(server)).ShouldBe(["hls 240p", "mp4 240p"]);
        }

        await using (var server = await StartAsync(folder, "240p,360p"))
        {
            await RequestAsync(server, videoId);
            await EncodingStarter.WakeUnfinishedAsync(server.Host.Services.CreateScope().ServiceProvider, default);
            await FinishedAsync(server, videoId, version: 2);
            (await ToldAsync(server)).ShouldBe(["hls 240p", "hls 360p", "mp4 240p"]);
        }
    }

    [Fact]
    public async Task Can_reencode_what_is_being_encoded()
    {
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder, "240p,360p,480p");
        var videoId = await server.PublishAsync(await server.ForeignClipAsync(12));
        await Eventually.IsTrueAsync(() => Directory.Exists(Path.Combine(Folder(folder, videoId, 1), "240p")), "no segment was made");

        (await RequestAsync(server, videoId)).ShouldBe(ReencodeAnswer.Requested);
        await EncodingStarter.WakeUnfinishedAsync(server.Host.Services.CreateScope().ServiceProvider, default);

        await FinishedAsync(server, videoId, version: 2);
        await PlaysAsync(server, videoId, "240p", version: 2);
        server.Host.AssertNoWarningsLogged();
    }

    [Fact]
    public async Task Can_keep_what_plays_when_its_source_cannot_be_read_any_more()
    {
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder, "240p");
        var videoId = await server.PublishAsync(await server.ForeignClipAsync());
        await FinishedAsync(server, videoId, version: 1);

        foreach (
            var source in Directory
                .EnumerateFiles(folder.Path, "source*", SearchOption.AllDirectories)
                .Where(path => !path.EndsWith(".mp4", StringComparison.Ordinal))
        )
        {
            File.Delete(source);
        }

        (await RequestAsync(server, videoId)).ShouldBe(ReencodeAnswer.Requested);
        await EncodingStarter.WakeUnfinishedAsync(server.Host.Services.CreateScope().ServiceProvider, default);

        await FinishedAsync(server, videoId, version: 1);
        await PlaysAsync(server, videoId, "240p", version: 1);
        server.Host.Logs.ShouldContain(line => line.Text.Contains("stays as it is: source_missing"));
    }

    [Fact]
    public async Task Cannot_reencode_what_is_not_there()
    {
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder, "240p");
        var empty = (await server.CreateAsync())["videoId"]!.GetValue<string>();

        (await RequestAsync(server, empty)).ShouldBe(ReencodeAnswer.NothingEncoded);
        (await RequestAsync(server, "viUnknown")).ShouldBe(ReencodeAnswer.UnknownVideo);
    }

    private static Task<VideoServer> StartAsync(TemporaryFolder folder, string ladder) =>
        VideoServer.StartAsync(new RunningHostOptions { DataPath = folder.Path }.With(VideoSettings.EncodingLadder, ladder));

    private static Task<ReencodeAnswer> RequestAsync(VideoServer server, string videoId) =>
        new Reencoding(Databases(server)).RequestAsync(videoId, default);

    private static Task FinishedAsync(VideoServer server, string videoId, int version) =>
        Eventually.IsTrueAsync(async () =>
        {
            await using var db = await Databases(server).CreateDbContextAsync();
            return await db.Encodings.AnyAsync(row =>
                row.VideoId == videoId && row.State == EncodingState.Encoded && row.PlanVersion == version
            );
        });

    private static async Task PlaysAsync(VideoServer server, string videoId, string rendition, int version)
    {
        Renditions(await server.MasterAsync(Hls(videoId))).ShouldContain(rendition);
        var playlist = await server.Viewer.GetStringAsync(Address($"/vod/{videoId}/hls/{rendition}/manifest.m3u8"));
        var names = playlist.Split('\n').Where(line => line.StartsWith($"v{version}/", StringComparison.Ordinal)).ToList();
        names.ShouldNotBeEmpty();

        foreach (var name in names)
        {
            (await server.StatusOfAsync($"/vod/{videoId}/hls/{rendition}/{name}")).ShouldBe(HttpStatusCode.OK, name);
        }
    }

    /// <summary>What was put into the outbox, whether it was delivered or not.</summary>
    private static async Task<IReadOnlyList<string>> ToldAsync(VideoServer server)
    {
        await using var db = await Databases(server).CreateDbContextAsync();
        var bodies = await db.Set<OutboxMessage>().Select(message => message.Body).ToListAsync();

        return [.. bodies.Select(body => JsonNode.Parse(body)!).Select(body => $"{body["encoding"]} {body["quality"]}").Order()];
    }

    private static Task RemoveOldAsync(VideoServer server, TimeSpan later)
    {
        var services = server.Host.Services;
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow() + later);

        return ActivatorUtilities.CreateInstance<OldVersions>(services, clock).RemoveAsync(default);
    }

    private static IDbContextFactory<VideoDb> Databases(VideoServer server) =>
        server.Host.Services.GetRequiredService<IDbContextFactory<VideoDb>>();

    private static IEnumerable<string> Renditions(string master) =>
        master.Split('\n').Where(line => line.EndsWith("p/manifest.m3u8", StringComparison.Ordinal)).Select(line => line.Split('/')[0]);

    private static string Hls(string videoId) => $"/vod/{videoId}/hls/manifest.m3u8";

    private static string Folder(TemporaryFolder folder, string videoId, int version) =>
        Path.Combine(folder.Path, "files", "videos", videoId, $"v{version}");

    private static Uri Address(string path) => new(path, UriKind.Relative);
}
