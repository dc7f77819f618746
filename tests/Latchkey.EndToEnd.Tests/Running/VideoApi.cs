using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;

namespace Latchkey.EndToEnd.Tests.Running;

/// <summary>The few calls that tests make without a client library.</summary>
internal static class VideoApi
{
    private static readonly TimeSpan LongestEncoding = TimeSpan.FromMinutes(2);

    public static async Task<JsonNode> CreateVideoAsync(this Server server, string title)
    {
        using var response = await server.Client.PostAsJsonAsync("/videos", new { title });
        response.StatusCode.ShouldBe(HttpStatusCode.Created);

        return await response.JsonAsync();
    }

    public static async Task UploadAsync(this Server server, string videoId, string file)
    {
        using var response = await server.SendSourceAsync(videoId, await File.ReadAllBytesAsync(file));
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
    }

    /// <param name="range">The Content-Range header, such as <c>part 2/3</c>.</param>
    public static async Task<HttpResponseMessage> SendSourceAsync(
        this Server server,
        string videoId,
        ReadOnlyMemory<byte> bytes,
        string? range = null
    )
    {
        using var form = new MultipartFormDataContent();
        var part = new ReadOnlyMemoryContent(bytes);
        part.Headers.ContentType = new MediaTypeHeaderValue("video/mp4");
        form.Add(part, "file", "clip.mp4");

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/videos/{videoId}/source") { Content = form };

        if (range is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Range", range);

        return await server.Client.SendAsync(request);
    }

    public static async Task<JsonNode> StatusAsync(this Server server, string videoId) =>
        (await server.Client.GetFromJsonAsync<JsonNode>($"/videos/{videoId}/status"))!;

    public static Task<JsonNode> PlayableAsync(this Server server, string videoId) =>
        Eventually.BecomesAsync(
            () => server.StatusAsync(videoId),
            status => (bool)status["encoding"]!["playable"]!,
            LongestEncoding,
            () => $"{videoId} does not play.\n{server.Output}"
        );

    /// <summary>Waits until nothing is left to do: every quality is encoded, or failed.</summary>
    public static Task<JsonNode> SettledAsync(this Server server, string videoId) =>
        Eventually.BecomesAsync(
            () => server.StatusAsync(videoId),
            status => Qualities(status) is { Count: > 0 } states && states.All(state => state is "encoded" or "failed"),
            LongestEncoding,
            () => $"{videoId} is not encoded.\n{server.Output}"
        );

    /// <summary>The states of all qualities, from <c>waiting</c> to <c>encoded</c>.</summary>
    public static List<string> Qualities(JsonNode status) =>
        [.. status["encoding"]!["qualities"]!.AsArray().Select(quality => (string)quality!["status"]!)];

    public static async Task<JsonNode> JsonAsync(this HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();

        try
        {
            return JsonNode.Parse(text)!;
        }
        catch (JsonException failure)
        {
            throw new ShouldAssertException($"{(int)response.StatusCode} is not JSON: {text}", failure);
        }
    }
}
