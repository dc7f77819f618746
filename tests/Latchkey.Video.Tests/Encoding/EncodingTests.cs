using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Latchkey.Testing;
using Latchkey.Video.Tests.Playback;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

public sealed class EncodingTests
{
    [Fact]
    public async Task Can_tell_a_webhook_of_each_finished_quality()
    {
        var received = new ConcurrentQueue<(byte[] Body, string Signature)>();
        await using var receiver = await ReceiveAsync(received);
        await using var server = await VideoServer.StartAsync();
        using var created = await server.Host.Client.PostAsJsonAsync(
            "/webhooks",
            new { events = new[] { "video.encoding.quality.completed" }, url = receiver.Urls.First() }
        );
        var secret = (await created.Content.ReadFromJsonAsync<JsonNode>())!["signatureSecret"]!.GetValue<string>();

        var videoId = await server.PublishAsync(await server.BilingualClipAsync());

        // Comes after all segments, of the sounds too: these are no qualities.
        await Eventually.IsTrueAsync(async () => await server.StatusOfAsync($"/vod/{videoId}/preview.webp") == HttpStatusCode.OK);
        await Eventually.IsTrueAsync(() => received.Count >= 3);

        received
            .Select(message => JsonNode.Parse(message.Body)!)
            .Select(message => $"{message["videoId"]} {message["encoding"]} {message["quality"]}")
            .ShouldBe([$"{videoId} hls 360p", $"{videoId} hls 240p", $"{videoId} mp4 360p"], ignoreOrder: true);
        (await server.MasterAsync($"/vod/{videoId}/hls/manifest.m3u8")).ShouldContain("LANGUAGE=\"ru\"");
        (await server.StatusOfAsync($"/vod/{videoId}/hls/audio-2/v1/0.m4s")).ShouldBe(HttpStatusCode.OK);
        received.ShouldAllBe(message => message.Signature == SignatureOf(message.Body, secret));
    }

    [Fact]
    public async Task Can_go_on_where_it_was_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        string videoId;

        await using (var server = await VideoServer.StartAsync(folder.Path))
        {
            videoId = await server.PublishAsync(await server.ForeignClipAsync(12));
            await Eventually.IsTrueAsync(() => Segments(folder.Path).Length > 0, "no segment was made");
        }

        var before = Segments(folder.Path).ToDictionary(path => path, File.GetLastWriteTimeUtc);

        await using (var server = await VideoServer.StartAsync(folder.Path))
        {
            await server.EncodedAsync(videoId);
            await Eventually.IsTrueAsync(async () => await server.StatusOfAsync($"/vod/{videoId}/preview.webp") == HttpStatusCode.OK);
            await Eventually.IsTrueAsync(async () => await server.StatusOfAsync($"/vod/{videoId}/storyboard.vtt") == HttpStatusCode.OK);
        }

        before.ShouldNotBeEmpty();
        before.ShouldAllBe(segment => File.GetLastWriteTimeUtc(segment.Key) == segment.Value, "what was made is not made again");
        Directory.EnumerateFileSystemEntries(Path.Combine(folder.Path, "scratch")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Can_stop_when_its_video_is_deleted()
    {
        using var folder = new TemporaryFolder();
        await using var server = await VideoServer.StartAsync(folder.Path);
        var videoId = await server.PublishAsync(await server.ForeignClipAsync(40));
        await Eventually.IsTrueAsync(() => Segments(folder.Path).Length > 0, "no segment was made");

        using var deleted = await server.Host.Client.DeleteAsync(new Uri($"/videos/{videoId}", UriKind.Relative));

        var scratch = Path.Combine(folder.Path, "scratch");
        await Eventually.IsTrueAsync(() => !Directory.EnumerateFileSystemEntries(scratch).Any(), "the run went on");
        Segments(folder.Path).Length.ShouldBeLessThan(10);
    }

    private static string[] Segments(string dataPath) =>
        Directory.Exists(Path.Combine(dataPath, "files"))
            ? Directory.GetFiles(Path.Combine(dataPath, "files"), "*.m4s", SearchOption.AllDirectories)
            : [];

    private static string SignatureOf(byte[] body, string secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret), body));

    private static async Task<WebApplication> ReceiveAsync(ConcurrentQueue<(byte[] Body, string Signature)> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var receiver = builder.Build();
        receiver.Urls.Add("http://127.0.0.1:0");
        receiver.MapPost(
            "/",
            async (HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                received.Enqueue((body.ToArray(), request.Headers["X-Api-Video-Signature"].ToString()));
            }
        );
        await receiver.StartAsync();
        return receiver;
    }
}
