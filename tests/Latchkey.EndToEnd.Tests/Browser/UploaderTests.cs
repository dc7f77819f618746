using System.Text.Json;
using Latchkey.EndToEnd.Tests.Media;
using Latchkey.EndToEnd.Tests.Running;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Browser;

/// <summary>api.video's browser uploader, from a website on another origin, over TLS, which it insists on.</summary>
public class UploaderTests(ServerFixture fixture, Chromium chromium, Clips clips) : IClassFixture<ServerFixture>, IClassFixture<Chromium>
{
    private const int PartSize = 5 * 1024 * 1024;

    private Server Server => fixture.Server;

    [Fact]
    public async Task Can_upload_in_one_piece_with_an_upload_token()
    {
        var page = await OpenAsync(clips.Short);

        var video = await UploadAsync(page, "upload", new { apiHost = Host, uploadToken = await TokenAsync() });

        video.GetProperty("title").GetString().ShouldBe(Path.GetFileName(clips.Short));
        await IsPlayableAsync(page, video);
    }

    [Fact]
    public async Task Can_upload_in_parts_with_an_upload_token()
    {
        var page = await OpenAsync(clips.Big);

        var video = await UploadAsync(
            page,
            "upload",
            new
            {
                apiHost = Host,
                uploadToken = await TokenAsync(),
                chunkSize = PartSize,
                videoName = "Named by the page",
            }
        );

        video.GetProperty("title").GetString().ShouldBe("Named by the page");
        await IsPlayableAsync(page, video);
    }

    [Fact]
    public async Task Can_upload_in_parts_with_an_access_token()
    {
        var page = await OpenAsync(clips.Big);
        var videoId = (string)(await Server.CreateVideoAsync("Made by the server"))["videoId"]!;
        using var answer = await Server.Client.PostAsync("/auth/api-key", JsonContent(new { apiKey = Server.ApiKey }));
        var tokens = await answer.JsonAsync();

        var video = await UploadAsync(
            page,
            "upload",
            new
            {
                apiHost = Host,
                videoId,
                accessToken = (string)tokens["access_token"]!,
                refreshToken = (string)tokens["refresh_token"]!,
                chunkSize = PartSize,
            }
        );

        video.GetProperty("videoId").GetString().ShouldBe(videoId);
        await IsPlayableAsync(page, video);
    }

    [Fact]
    public async Task Can_refresh_an_access_token_that_no_longer_works()
    {
        var page = await OpenAsync(clips.Short);
        var videoId = (string)(await Server.CreateVideoAsync("Refreshed"))["videoId"]!;
        using var answer = await Server.Client.PostAsync("/auth/api-key", JsonContent(new { apiKey = Server.ApiKey }));
        var refreshToken = (string)(await answer.JsonAsync())["refresh_token"]!;

        var video = await UploadAsync(
            page,
            "upload",
            new
            {
                apiHost = Host,
                videoId,
                accessToken = "stale",
                refreshToken,
            }
        );

        video.GetProperty("videoId").GetString().ShouldBe(videoId);
    }

    [Fact]
    public async Task Can_upload_progressively_with_an_upload_token()
    {
        var page = await OpenAsync(clips.Big);

        var video = await UploadAsync(
            page,
            "uploadProgressively",
            new
            {
                apiHost = Host,
                uploadToken = await TokenAsync(),
                videoName = "Recorded",
                pieces = 7,
            }
        );

        video.GetProperty("title").GetString().ShouldBe("Recorded");
        await IsPlayableAsync(page, video);
    }

    private string Host => Server.SecureAddress.Authority;

    private async Task<IPage> OpenAsync(string file)
    {
        var page = await chromium.OpenAsync($"{chromium.Website}uploader");
        await page.SetInputFilesAsync("input", file);
        return page;
    }

    private static Task<JsonElement> UploadAsync(IPage page, string function, object options) =>
        page.EvaluateAsync<JsonElement>($"options => window.{function}(options)", options);

    /// <summary>The uploader itself says so: it asks for the playlist until that is no longer 202.</summary>
    private static async Task IsPlayableAsync(IPage page, JsonElement video)
    {
        var playable = await page.WaitForFunctionAsync("() => window.result.playable");
        (await playable.JsonValueAsync<string>()).ShouldBe(video.GetProperty("videoId").GetString());

        (await page.EvaluateAsync<long>("() => Math.max(...window.result.progress)")).ShouldBeGreaterThan(0);
        (
            await page.EvaluateAsync<string>("hls => fetch(hls).then(answer => answer.text())", video.GetProperty("hls").GetString())
        ).ShouldStartWith("#EXTM3U");
    }

    private async Task<string> TokenAsync()
    {
        using var response = await Server.Client.PostAsync("/upload-tokens", JsonContent(new { }));
        return (string)(await response.JsonAsync())["token"]!;
    }

    private static StringContent JsonContent(object body) => new(JsonSerializer.Serialize(body));
}
