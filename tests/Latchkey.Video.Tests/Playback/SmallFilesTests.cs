using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Latchkey.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Playback;

/// <summary>Init segments and short sound are sent from memory; nobody must see a difference.</summary>
public sealed class SmallFilesTests : IAsyncLifetime
{
    private VideoServer _server = null!;
    private string _videoId = null!;

    private string Init => $"/vod/{_videoId}/hls/360p/v1/init.mp4";

    public async ValueTask InitializeAsync()
    {
        _server = await VideoServer.StartAsync();
        _videoId = await _server.PublishAsync(await _server.ClipAsync());
        await _server.MasterAsync($"/vod/{_videoId}/hls/manifest.m3u8");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Can_be_read_once_and_sent_many_times()
    {
        var first = await GetAsync(Init);
        var stored = Directory
            .GetFiles(_server.Host.DataPath, "init.mp4", SearchOption.AllDirectories)
            .Single(path => path.Contains("360p"));
        await File.WriteAllBytesAsync(stored, [1, 2, 3]);

        // Now and then the video is looked up again, and the file with it.
        await Eventually.IsTrueAsync(async () => (await GetAsync(Init)).Body.SequenceEqual(first.Body));

        var again = await GetAsync(Init);
        while (!again.Body.SequenceEqual(first.Body))
            again = await GetAsync(Init);

        again.Headers.ShouldBe(first.Headers);
    }

    [Fact]
    public async Task Can_be_asked_for_in_every_way()
    {
        var whole = await GetAsync(Init);
        await GetAsync(Init);

        using var head = await SendAsync(new HttpRequestMessage(HttpMethod.Head, Init));
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentLength.ShouldBe(whole.Body.Length);
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();

        using var part = await SendAsync(Get(headers => headers.Range = new RangeHeaderValue(4, 7)));
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync()).ShouldBe(whole.Body[4..8]);

        using var unchanged = await SendAsync(Get(headers => headers.IfNoneMatch.Add(whole.ETag)));
        unchanged.StatusCode.ShouldBe(HttpStatusCode.NotModified);

        using var later = await SendAsync(Get(headers => headers.IfModifiedSince = whole.LastModified));
        later.StatusCode.ShouldBe(HttpStatusCode.NotModified);

        using var another = await SendAsync(Get(headers => headers.IfMatch.Add(new EntityTagHeaderValue("\"another\""))));
        another.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);

        using var earlier = await SendAsync(Get(headers => headers.IfUnmodifiedSince = whole.LastModified.AddDays(-1)));
        earlier.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
    }

    [Theory]
    [InlineData("/hls/360p/v1/init.mp4")]
    [InlineData("/hls/audio/v1/init.mp4")]
    [InlineData("/hls/audio/v1/0.m4s")]
    public async Task Cannot_be_had_from_when_the_video_is_private_or_deleted(string name)
    {
        var path = $"/vod/{_videoId}{name}";
        (await GetAsync(path)).Body.ShouldNotBeEmpty();
        (await GetAsync(path)).Body.ShouldNotBeEmpty();

        await ChangeAsync(isPublic: false);
        (await _server.StatusOfAsync(path)).ShouldBe(HttpStatusCode.NotFound);

        await ChangeAsync(isPublic: true);
        (await GetAsync(path)).Body.ShouldNotBeEmpty();
        (await GetAsync(path)).Body.ShouldNotBeEmpty();

        using var deleted = await _server.Host.Client.DeleteAsync(new Uri($"/videos/{_videoId}", UriKind.Relative));
        (await _server.StatusOfAsync(path)).ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task ChangeAsync(bool isPublic)
    {
        using var changed = await _server.Host.Client.PatchAsJsonAsync($"/videos/{_videoId}", new { @public = isPublic });
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private HttpRequestMessage Get(Action<HttpRequestHeaders> adjust)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Init);
        adjust(request.Headers);
        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using (request)
            return await _server.Viewer.SendAsync(request);
    }

    private async Task<Answer> GetAsync(string path)
    {
        using var response = await _server.Viewer.GetAsync(new Uri(path, UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);

        return new Answer(
            await response.Content.ReadAsByteArrayAsync(),
            [
                .. response
                    .Headers.Concat(response.Content.Headers)
                    .Where(header => header.Key != "Date")
                    .Select(header => $"{header.Key}: {string.Join(',', header.Value)}")
                    .Order(StringComparer.Ordinal),
            ],
            response.Headers.ETag!,
            response.Content.Headers.LastModified!.Value
        );
    }

    private sealed record Answer(byte[] Body, IReadOnlyList<string> Headers, EntityTagHeaderValue ETag, DateTimeOffset LastModified);
}
