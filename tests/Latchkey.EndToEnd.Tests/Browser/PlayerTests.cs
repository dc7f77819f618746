using System.Text.Json;
using Latchkey.EndToEnd.Tests.Media;
using Latchkey.EndToEnd.Tests.Running;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Browser;

/// <summary>The player page in a real browser, alone and driven by api.video's player SDK from another origin.</summary>
public class PlayerTests(PlayerTests.Video video, Chromium chromium) : IClassFixture<PlayerTests.Video>, IClassFixture<Chromium>
{
    private Server Server => video.Server;

    [Fact]
    public async Task Can_play()
    {
        var page = await chromium.OpenAsync($"{Server.Address}embed/vod/{video.Id}#autoplay");

        await page.WaitForFunctionAsync("() => document.querySelector('video').currentTime > 1");

        (await page.EvaluateAsync<double>("() => document.querySelector('video').duration")).ShouldBe(12, tolerance: 0.1);
        (await page.EvaluateAsync<int>("() => document.querySelector('video').videoWidth")).ShouldBeGreaterThan(0);
        (await page.EvaluateAsync<int>("() => document.querySelector('video').webkitAudioDecodedByteCount")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Can_play_over_tls()
    {
        var page = await chromium.OpenAsync($"{Server.SecureAddress}embed/vod/{video.Id}#autoplay");

        await page.WaitForFunctionAsync("() => document.querySelector('video').currentTime > 0.5");
    }

    [Fact]
    public async Task Can_seek_to_where_nothing_was_loaded()
    {
        var page = await chromium.OpenAsync($"{Server.Address}embed/vod/{video.Id}#autoplay");
        await page.WaitForFunctionAsync("() => document.querySelector('video').currentTime > 0.2");

        await page.EvaluateAsync("() => { document.querySelector('video').currentTime = 9; }");

        await page.WaitForFunctionAsync("() => document.querySelector('video').currentTime > 9.5");
    }

    [Fact]
    public async Task Can_be_played_to_the_end()
    {
        var page = await chromium.OpenAsync($"{Server.Address}embed/vod/{video.Id}#autoplay;t=10");

        await page.WaitForFunctionAsync("() => document.querySelector('video').ended");
    }

    [Fact]
    public async Task Can_be_driven_by_the_player_sdk_from_another_origin()
    {
        var page = await EmbedAsync(
            new
            {
                id = video.Id,
                iframeUrl = Template(),
                muted = true,
            }
        );
        await SeesAsync(page, "ready");

        await page.EvaluateAsync("() => player.play()");
        await SeesAsync(page, "play");
        await page.WaitForFunctionAsync("async () => await player.getCurrentTime() > 0.5");
        (await AskAsync<bool>(page, "getPlaying")).ShouldBeTrue();
        (await AskAsync<double>(page, "getDuration")).ShouldBe(12, tolerance: 0.1);
        (await AskAsync<bool>(page, "getMuted")).ShouldBeTrue();

        await page.EvaluateAsync("() => player.pause()");
        await SeesAsync(page, "pause");
        (await AskAsync<bool>(page, "getPaused")).ShouldBeTrue();

        await page.EvaluateAsync("() => player.setCurrentTime(7)");
        await SeesAsync(page, "seeking");
        await page.WaitForFunctionAsync("async () => Math.abs(await player.getCurrentTime() - 7) < 0.1");

        await page.EvaluateAsync("() => { player.unmute(); player.setVolume(0.25); player.setPlaybackRate(1.5); player.setLoop(true); }");
        await SeesAsync(page, "volumechange");
        await SeesAsync(page, "ratechange");
        (await AskAsync<double>(page, "getVolume")).ShouldBe(0.25);
        (await AskAsync<double>(page, "getPlaybackRate")).ShouldBe(1.5);
        (await AskAsync<bool>(page, "getLoop")).ShouldBeTrue();
        (await AskAsync<bool>(page, "isLiveStream")).ShouldBeFalse();

        var size = await AskAsync<JsonElement>(page, "getVideoSize");
        size.GetProperty("width").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Can_start_by_itself_when_the_sdk_asks_for_it()
    {
        var page = await EmbedAsync(
            new
            {
                id = video.Id,
                iframeUrl = Template(),
                autoplay = true,
                muted = true,
            }
        );

        await SeesAsync(page, "firstplay");
        await SeesAsync(page, "timeupdate");
    }

    [Fact]
    public async Task Can_be_photographed()
    {
        var page = await chromium.OpenAsync($"{Server.Address}embed/vod/{video.Id}#autoplay");
        await page.WaitForFunctionAsync("() => document.querySelector('video').currentTime > 4");
        await page.Mouse.MoveAsync(480, 270);

        var picture = await page.ScreenshotAsync();

        picture.Length.ShouldBeGreaterThan(10_000);

        // docs/images/player.png is made by: LATCHKEY_PLAYER_PICTURE=docs/images/player.png ./check
        if (Environment.GetEnvironmentVariable("LATCHKEY_PLAYER_PICTURE") is { Length: > 0 } path)
            await File.WriteAllBytesAsync(Path.Combine(Folders.Repository, path), picture);
    }

    private async Task<IPage> EmbedAsync(object options)
    {
        var page = await chromium.OpenAsync($"{chromium.Website}player");
        await page.EvaluateAsync("options => window.embed(options)", options);
        return page;
    }

    private string Template() => $"{Server.Address}embed/${{type}}/${{id}}";

    private static Task SeesAsync(IPage page, string name) =>
        page.WaitForFunctionAsync("name => window.seen.some(entry => entry.event === name)", name);

    private static Task<T> AskAsync<T>(IPage page, string getter) => page.EvaluateAsync<T>($"() => player.{getter}()");

    /// <summary>A server with one clip that plays.</summary>
    public sealed class Video(Clips clips) : IAsyncLifetime
    {
        internal Server Server { get; private set; } = null!;

        internal string Id { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await Server.StartAsync();
            Id = (string)(await Server.CreateVideoAsync("A clip to watch"))["videoId"]!;
            await Server.UploadAsync(Id, clips.Short);
            await Server.SettledAsync(Id);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
