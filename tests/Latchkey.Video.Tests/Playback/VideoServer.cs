using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Latchkey.Video.Tests.Encoding;
using Microsoft.Extensions.Hosting;
using Shouldly;

namespace Latchkey.Video.Tests.Playback;

/// <summary>A running server with short clips to upload.</summary>
internal sealed class VideoServer(RunningHost host, TestMedia media) : IAsyncDisposable
{
    public RunningHost Host => host;

    public HttpClient Viewer => host.Anonymous;

    /// <summary>It may call this machine, where the tests' own servers are.</summary>
    public static Task<VideoServer> StartAsync(string? dataPath = null, Action<IHostApplicationBuilder>? adjust = null) =>
        StartAsync(new RunningHostOptions { DataPath = dataPath, Adjust = adjust }.With(PlatformSettings.OutboundAllow, "127.0.0.1"));

    public static async Task<VideoServer> StartAsync(RunningHostOptions options) =>
        new(await RunningHost.StartAsync(options), new TestMedia());

    /// <summary>H.264 with a keyframe every two seconds, and AAC: it plays as it is.</summary>
    public async Task<string> ClipAsync(int seconds = 8, string audio = "aac") =>
        (
            await media.MakeAsync(
                $"-f lavfi -i testsrc2=s=640x360:r=25:d={seconds} -f lavfi -i sine=440:d={seconds} -c:v libx264 -preset ultrafast -g 50 -c:a {audio} -shortest",
                $"clip-{seconds}-{audio}.mp4"
            )
        ).Path;

    /// <summary>As the clip, with another sound beside its own, which must be encoded.</summary>
    public async Task<string> BilingualClipAsync(int seconds = 4) =>
        (
            await media.MakeAsync(
                $"-i {await ClipAsync(seconds)} -f lavfi -i sine=880:d={seconds} -map 0 -map 1 -c:v copy -c:a:0 copy -c:a:1 ac3 -metadata:s:a:1 language=rus",
                $"bilingual-{seconds}.mp4"
            )
        ).Path;

    /// <summary>VP9 and Opus: every rendition of it must be encoded.</summary>
    public async Task<string> ForeignClipAsync(int seconds = 4, string size = "426x240") =>
        (
            await media.MakeAsync(
                $"-f lavfi -i testsrc2=s={size}:r=25:d={seconds} -f lavfi -i sine=440:d={seconds} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus -shortest",
                $"foreign-{size}-{seconds}.webm"
            )
        ).Path;

    public async Task<JsonNode> CreateAsync(object? body = null)
    {
        using var response = await host.Client.PostAsJsonAsync("/videos", body ?? new { title = "A clip" });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    public async Task<HttpStatusCode> UploadAsync(string videoId, string path)
    {
        await using var file = File.OpenRead(path);
        using var body = new MultipartFormDataContent { { new StreamContent(file), "file", Path.GetFileName(path) } };
        using var response = await host.Client.PostAsync(new Uri($"/videos/{videoId}/source", UriKind.Relative), body);
        return response.StatusCode;
    }

    /// <summary>Creates a video and uploads a file.</summary>
    public async Task<string> PublishAsync(string path, object? body = null)
    {
        var videoId = (await CreateAsync(body))["videoId"]!.GetValue<string>();
        (await UploadAsync(videoId, path)).ShouldBe(HttpStatusCode.Created);
        return videoId;
    }

    public async Task<JsonNode> StatusAsync(string videoId) => (await host.Client.GetFromJsonAsync<JsonNode>($"/videos/{videoId}/status"))!;

    public async Task<JsonNode> VideoAsync(string videoId) => (await host.Client.GetFromJsonAsync<JsonNode>($"/videos/{videoId}"))!;

    /// <summary>Waits for the master playlist, as players do.</summary>
    public async Task<string> MasterAsync(string path)
    {
        await Eventually.IsTrueAsync(async () => await StatusOfAsync(path) != HttpStatusCode.Accepted);
        return await Viewer.GetStringAsync(new Uri(path, UriKind.Relative));
    }

    public async Task EncodedAsync(string videoId) =>
        await Eventually.IsTrueAsync(async () =>
            (await StatusAsync(videoId))["encoding"]!["qualities"]!.AsArray() is { Count: > 0 } qualities
            && qualities.All(quality => quality!["status"]!.GetValue<string>() == "encoded")
        );

    /// <summary>Waits until nothing is left to do, well or badly: <c>hls 240p failed encoder_stalled</c>.</summary>
    public async Task<IReadOnlyList<string>> SettledAsync(string videoId)
    {
        IReadOnlyList<string> settled = [];

        await Eventually.IsTrueAsync(async () =>
        {
            var encoding = (await StatusAsync(videoId))["encoding"]!;
            settled =
            [
                .. encoding["qualities"]!
                    .AsArray()
                    .Select(quality =>
                        $"{quality!["type"]} {quality["quality"]} {quality["status"]} {quality["failureReason"] ?? encoding["failureReason"]}".TrimEnd()
                    ),
            ];
            return settled.Count > 0 && settled.All(quality => quality.Contains(" encoded") || quality.Contains(" failed"));
        });

        return settled;
    }

    public async Task<HttpStatusCode> StatusOfAsync(string path, HttpMethod? method = null, string? agent = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);

        if (agent is not null)
        {
            request.Headers.TryAddWithoutValidation("User-Agent", agent);
        }

        using var response = await Viewer.SendAsync(request);
        return response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        media.Dispose();
    }
}
