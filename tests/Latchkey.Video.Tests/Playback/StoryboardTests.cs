using System.Net;
using Latchkey.Testing;
using Latchkey.Video.Tests.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Playback;

public sealed class StoryboardTests : IAsyncLifetime
{
    private VideoServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await VideoServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Can_see_a_storyboard_and_a_preview(bool encoded)
    {
        var videoId = await _server.PublishAsync(encoded ? await _server.ForeignClipAsync(12) : await _server.ClipAsync());

        await MadeAsync($"/vod/{videoId}/storyboard.vtt");
        await MadeAsync($"/vod/{videoId}/preview.webp");

        using var index = await _server.Viewer.GetAsync(new Uri($"/vod/{videoId}/storyboard.vtt", UriKind.Relative));
        index.Content.Headers.ContentType!.MediaType.ShouldBe("text/vtt");
        index.Headers.ETag.ShouldNotBeNull();
        (await index.Content.ReadAsStringAsync()).ShouldContain("storyboard/v1/000.jpg#xywh=160,0,160,90");

        using var sheet = await _server.Viewer.GetAsync(new Uri($"/vod/{videoId}/storyboard/v1/000.jpg", UriKind.Relative));
        sheet.Headers.CacheControl!.ToString().ShouldContain("immutable");
        sheet.Content.Headers.ContentType!.MediaType.ShouldBe("image/jpeg");

        using var preview = await _server.Viewer.GetAsync(new Uri($"/vod/{videoId}/preview.webp", UriKind.Relative));
        preview.Content.Headers.ContentType!.MediaType.ShouldBe("image/webp");
        await Eventually.IsTrueAsync(() => Files(videoId, "storyboard/*").Length == 0, "the tiles are still there");
        (await SizeAsync(await sheet.Content.ReadAsByteArrayAsync())).ShouldBe(encoded ? "800,90" : "480,90");
    }

    [Fact]
    public async Task Can_see_the_storyboard_of_a_private_video_in_its_session_only()
    {
        var videoId = await _server.PublishAsync(await _server.ClipAsync(), new { title = "Private", @public = false });
        var hls = new Uri((await _server.VideoAsync(videoId))["assets"]!["hls"]!.GetValue<string>()).AbsolutePath;
        var vod = hls[..hls.IndexOf("/hls/", StringComparison.Ordinal)];
        await _server.MasterAsync(hls);
        var session = System.Text.Json.Nodes.JsonNode.Parse(
            await _server.Viewer.GetStringAsync(new Uri($"{vod}/session", UriKind.Relative))
        )!;
        var avh = session["session_token"]!.GetValue<string>();

        await MadeAsync($"{vod}/storyboard.vtt?avh={avh}");

        (await _server.Viewer.GetStringAsync(new Uri($"{vod}/storyboard.vtt?avh={avh}", UriKind.Relative))).ShouldContain(
            $"storyboard/v1/000.jpg?avh={avh}#xywh=0,0,160,90"
        );
        (await _server.StatusOfAsync($"{vod}/storyboard/v1/000.jpg?avh={avh}", agent: "another")).ShouldBe(HttpStatusCode.OK);
        (await _server.StatusOfAsync($"{vod}/storyboard/v1/000.jpg", agent: "another")).ShouldBe(HttpStatusCode.NotFound);
        (await _server.StatusOfAsync($"/vod/{videoId}/storyboard.vtt")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Can_be_told_that_there_is_no_storyboard_yet_and_that_there_never_will_be()
    {
        var videoId = (await _server.CreateAsync())["videoId"]!.GetValue<string>();
        (await _server.StatusOfAsync($"/vod/{videoId}/storyboard.vtt")).ShouldBe(HttpStatusCode.Accepted);
        (await _server.StatusOfAsync($"/vod/{videoId}/preview.webp")).ShouldBe(HttpStatusCode.Accepted);
        (await _server.StatusOfAsync($"/vod/{videoId}/storyboard/v1/000.jpg")).ShouldBe(HttpStatusCode.NotFound);
        (await _server.StatusOfAsync("/vod/viUnknown/storyboard.vtt")).ShouldBe(HttpStatusCode.NotFound);

        var path = Path.Combine(_server.Host.DataPath, "no-video.mp4");
        await File.WriteAllTextAsync(path, "no video");
        await _server.UploadAsync(videoId, path);

        await Eventually.IsTrueAsync(async () => await _server.StatusOfAsync($"/vod/{videoId}/storyboard.vtt") == HttpStatusCode.NotFound);
        (await _server.StatusOfAsync($"/vod/{videoId}/preview.webp")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Can_be_told_that_a_finished_video_has_no_storyboard()
    {
        var videoId = await _server.PublishAsync(await _server.ClipAsync(4));
        await MadeAsync($"/vod/{videoId}/storyboard.vtt");
        await MadeAsync($"/vod/{videoId}/preview.webp");

        // As after a failure: the encoding has ended, the file is not there.
        Files(videoId, "storyboard.vtt").ToList().ForEach(File.Delete);

        await Eventually.IsTrueAsync(async () => await _server.StatusOfAsync($"/vod/{videoId}/storyboard.vtt") == HttpStatusCode.NotFound);
    }

    private Task MadeAsync(string path) => Eventually.IsTrueAsync(async () => await _server.StatusOfAsync(path) == HttpStatusCode.OK);

    private string[] Files(string videoId, string pattern)
    {
        var folder = Path.Combine(_server.Host.DataPath, "files", "videos", videoId, "v1", Path.GetDirectoryName(pattern)!);
        return Directory.Exists(folder) ? Directory.GetFiles(folder, Path.GetFileName(pattern)) : [];
    }

    private async Task<string> SizeAsync(byte[] picture)
    {
        var path = Path.Combine(_server.Host.DataPath, "sheet.jpg");
        await File.WriteAllBytesAsync(path, picture);
        return (await TestMedia.RunAsync("ffprobe", $"-v error -show_entries stream=width,height -of csv=p=0 {path}")).Trim();
    }
}
