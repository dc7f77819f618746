using System.Net;
using System.Text.RegularExpressions;
using Latchkey.Testing;
using Latchkey.Video.Tests.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Playback;

public sealed partial class PlaybackTests : IAsyncLifetime
{
    private VideoServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await VideoServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Can_watch_all_of_a_video_whose_source_plays_as_it_is()
    {
        var videoId = await _server.PublishAsync(await _server.ClipAsync());

        var master = await _server.MasterAsync($"/vod/{videoId}/hls/manifest.m3u8");

        master.ShouldContain("#EXT-X-STREAM-INF");
        (await _server.StatusAsync(videoId))["encoding"]!["playable"]!.GetValue<bool>().ShouldBeTrue();
        (await DurationAsync($"/vod/{videoId}/hls/manifest.m3u8")).ShouldBe(8, tolerance: 0.1);
    }

    [Fact]
    public async Task Can_watch_all_of_a_video_that_must_be_encoded()
    {
        var videoId = await _server.PublishAsync(await _server.ForeignClipAsync());

        await _server.MasterAsync($"/vod/{videoId}/hls/manifest.m3u8");

        (await DurationAsync($"/vod/{videoId}/hls/manifest.m3u8")).ShouldBe(4, tolerance: 0.1);
    }

    [Fact]
    public async Task Can_end_with_all_qualities_encoded_and_an_mp4_to_download()
    {
        var videoId = await _server.PublishAsync(await _server.ClipAsync());

        await _server.EncodedAsync(videoId);

        var qualities = (await _server.StatusAsync(videoId))["encoding"]!["qualities"]!.AsArray();
        qualities.Select(quality => $"{quality!["type"]} {quality["quality"]}").ShouldBe(["hls 240p", "hls 360p", "mp4 360p"]);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/vod/{videoId}/mp4/source.mp4?dl=1");
        request.Headers.Range = new(0, 99);
        using var response = await _server.Viewer.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        response.Content.Headers.ContentDisposition!.FileName!.Trim('"').ShouldBe("A clip.mp4");
        (await DurationAsync($"/vod/{videoId}/mp4/source.mp4")).ShouldBe(8, tolerance: 0.1);
    }

    [Fact]
    public async Task Can_download_a_video_whose_picture_is_copied_and_whose_sound_is_not()
    {
        var videoId = await _server.PublishAsync(await _server.ClipAsync(4, audio: "libmp3lame"));

        await _server.EncodedAsync(videoId);

        (await DurationAsync($"/vod/{videoId}/mp4/source.mp4")).ShouldBe(4, tolerance: 0.1);
    }

    [Fact]
    public async Task Can_start_at_the_end()
    {
        var videoId = await _server.PublishAsync(await _server.ForeignClipAsync(12));
        await _server.MasterAsync($"/vod/{videoId}/hls/manifest.m3u8");
        var playlist = await _server.Viewer.GetStringAsync(new Uri($"/vod/{videoId}/hls/240p/manifest.m3u8", UriKind.Relative));
        var last = SegmentName().Matches(playlist)[^1].Value;

        (await _server.StatusOfAsync($"/vod/{videoId}/hls/240p/{last}")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Can_be_told_that_a_video_does_not_play_yet()
    {
        var videoId = (await _server.CreateAsync())["videoId"]!.GetValue<string>();

        (await _server.StatusOfAsync($"/vod/{videoId}/hls/manifest.m3u8")).ShouldBe(HttpStatusCode.Accepted);
        (await _server.StatusOfAsync($"/vod/{videoId}/mp4/source.mp4")).ShouldBe(HttpStatusCode.Accepted);
        (await _server.StatusOfAsync("/vod/viUnknown/hls/manifest.m3u8")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Cannot_watch_what_is_no_video()
    {
        var path = Path.Combine(_server.Host.DataPath, "no-video.mp4");
        await File.WriteAllTextAsync(path, "#EXTM3U\nfile:///etc/passwd\n");

        var videoId = await _server.PublishAsync(path);

        await Eventually.IsTrueAsync(async () =>
            await _server.StatusOfAsync($"/vod/{videoId}/hls/manifest.m3u8") == HttpStatusCode.NotFound
        );

        var encoding = (await _server.StatusAsync(videoId))["encoding"]!;
        encoding["playable"]!.GetValue<bool>().ShouldBeFalse();
        encoding["qualities"]![0]!["status"]!.GetValue<string>().ShouldBe("failed");
        encoding["failureReason"]!.GetValue<string>().ShouldBe("unsupported_container");
    }

    [Fact]
    public async Task Cannot_watch_a_deleted_video()
    {
        var videoId = await _server.PublishAsync(await _server.ClipAsync());
        await _server.MasterAsync($"/vod/{videoId}/hls/manifest.m3u8");

        using var deleted = await _server.Host.Client.DeleteAsync(new Uri($"/videos/{videoId}", UriKind.Relative));

        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await _server.StatusOfAsync($"/vod/{videoId}/hls/manifest.m3u8")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Can_watch_a_private_video_only_in_the_session_that_its_token_opened()
    {
        var videoId = await _server.PublishAsync(await _server.ClipAsync(), new { title = "Private", @public = false });
        (await _server.StatusOfAsync($"/vod/{videoId}/hls/manifest.m3u8")).ShouldBe(HttpStatusCode.NotFound);
        var hls = new Uri((await _server.VideoAsync(videoId))["assets"]!["hls"]!.GetValue<string>()).AbsolutePath;
        var vod = hls[..hls.IndexOf("/hls/", StringComparison.Ordinal)];

        // Looking at the picture, or for the size, does not use the token up.
        (await _server.StatusOfAsync(hls, HttpMethod.Head, "another")).ShouldNotBe(HttpStatusCode.NotFound);
        (await _server.StatusOfAsync($"{vod}/thumbnail.jpg", agent: "another")).ShouldNotBe(HttpStatusCode.NotFound);

        (await _server.StatusOfAsync(hls, agent: "mine")).ShouldNotBe(HttpStatusCode.NotFound);
        (await _server.StatusOfAsync(hls, agent: "another")).ShouldBe(HttpStatusCode.NotFound);
        (await _server.StatusOfAsync($"{vod}/mp4/source.mp4", agent: "mine")).ShouldNotBe(HttpStatusCode.NotFound);
        (await _server.StatusOfAsync($"{vod}/session", agent: "another")).ShouldBe(HttpStatusCode.NotFound);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"{vod}/session");
        request.Headers.TryAddWithoutValidation("User-Agent", "mine");
        using var session = await _server.Viewer.SendAsync(request);
        var avh = System.Text.Json.Nodes.JsonNode.Parse(await session.Content.ReadAsStringAsync())!["session_token"]!.GetValue<string>();
        (await _server.StatusOfAsync($"{hls}?avh={avh}", agent: "another")).ShouldNotBe(HttpStatusCode.NotFound);
        (await _server.StatusOfAsync($"{hls}?avh={avh}x", agent: "another")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Can_keep_a_playlist_until_it_changes_and_a_segment_for_ever()
    {
        var videoId = await _server.PublishAsync(await _server.ClipAsync());
        var path = $"/vod/{videoId}/hls/manifest.m3u8";
        await _server.MasterAsync(path);

        using var first = await _server.Viewer.GetAsync(new Uri(path, UriKind.Relative));
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _server.Viewer.SendAsync(again);
        using var segment = await _server.Viewer.GetAsync(new Uri($"/vod/{videoId}/hls/360p/v1/0.m4s", UriKind.Relative));

        first.Headers.CacheControl!.NoCache.ShouldBeTrue();
        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        segment.Headers.CacheControl!.ToString().ShouldContain("immutable");
        segment.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
    }

    [Fact]
    public async Task Can_show_a_picture_and_the_frame_that_its_owner_picked()
    {
        var videoId = await _server.PublishAsync(await _server.ClipAsync());
        var path = $"/vod/{videoId}/thumbnail.jpg";
        await Eventually.IsTrueAsync(async () => await _server.StatusOfAsync(path) == HttpStatusCode.OK);
        var automatic = await _server.Viewer.GetByteArrayAsync(new Uri(path, UriKind.Relative));

        using var picked = await _server.Host.Client.PatchAsync(
            new Uri($"/videos/{videoId}/thumbnail", UriKind.Relative),
            new StringContent("""{"timecode":"00:00:06.00"}""")
        );

        picked.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.IsTrueAsync(async () =>
            !(await _server.Viewer.GetByteArrayAsync(new Uri(path, UriKind.Relative))).AsSpan().SequenceEqual(automatic)
        );
    }

    [Fact]
    public async Task Can_show_the_player()
    {
        var videoId = await _server.PublishAsync(await _server.ClipAsync(), new { title = "</script><b>Title" });

        using var response = await _server.Viewer.GetAsync(new Uri($"/embed/vod/{videoId}", UriKind.Relative));
        var page = await response.Content.ReadAsStringAsync();

        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        page.ShouldContain($"/vod/{videoId}/hls/manifest.m3u8");
        page.ShouldNotContain("<b>");
        var script = ScriptName().Match(page).Value;
        (await _server.StatusOfAsync(script)).ShouldBe(HttpStatusCode.OK);
    }

    private async Task<double> DurationAsync(string path)
    {
        var text = await TestMedia.RunAsync(
            "ffprobe",
            $"-v error -read_intervals %+60 -count_packets -show_entries format=duration -of csv=p=0 {new Uri(_server.Host.Address, path)}"
        );
        return double.Parse(text.Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"v\d+/\d+\.m4s")]
    private static partial Regex SegmentName();

    [GeneratedRegex(@"/embed/assets/[\w.-]+\.js")]
    private static partial Regex ScriptName();
}
