using System.Net;
using System.Net.Http.Headers;
using Latchkey.Platform.Files;
using Latchkey.Platform.Web;
using Latchkey.Testing;
using Microsoft.AspNetCore.Builder;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Web;

public sealed class StoredFileResultTests : IAsyncLifetime
{
    private const int Length = 300_000;
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _bytes = new byte[Length];
    private TestSite _site = null!;

    public async ValueTask InitializeAsync()
    {
        new Random(7).NextBytes(_bytes);
        var files = new LocalFileStore(_folder.Path);
        await File.WriteAllBytesAsync(_folder.File("source"), _bytes);
        await files.PublishAsync(_folder.File("source"), "a/film.mp4", CancellationToken.None);

        _site = await TestSite.StartAsync(routes =>
            routes.MapGet(
                "/film",
                async (string? name) =>
                    new StoredFileResult(
                        (await files.OpenAsync("a/film.mp4", CancellationToken.None))!,
                        "video/mp4",
                        "public, max-age=31536000, immutable"
                    )
                    {
                        DownloadName = name,
                    }
            )
        );
    }

    [Fact]
    public async Task Can_serve_a_whole_file()
    {
        using var answer = await _site.Client.GetAsync("/film");

        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(_bytes);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("video/mp4");
        answer.Content.Headers.ContentLength.ShouldBe(Length);
        answer.Content.Headers.LastModified.ShouldNotBeNull();
        answer.Headers.ETag!.IsWeak.ShouldBeFalse();
        answer.Headers.CacheControl!.ToString().ShouldBe("public, max-age=31536000, immutable");
        answer.Headers.AcceptRanges.ShouldBe(["bytes"]);
    }

    [Theory]
    [InlineData("bytes=0-", 0, Length)]
    [InlineData("bytes=100-199", 100, 100)]
    [InlineData("bytes=299999-999999", 299_999, 1)]
    [InlineData("bytes=-500", 299_500, 500)]
    [InlineData("bytes=-999999999", 0, Length)]
    public async Task Can_serve_a_range(string range, int first, int count)
    {
        using var answer = await GetAsync(("Range", range));

        answer.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        answer.Content.Headers.ContentRange.ShouldBe(new ContentRangeHeaderValue(first, first + count - 1, Length));
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(_bytes[first..(first + count)]);
    }

    [Theory]
    [InlineData("bytes=300000-")]
    [InlineData("bytes=-0")]
    public async Task Cannot_serve_a_range_outside_of_the_file(string range)
    {
        using var answer = await GetAsync(("Range", range));

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
        answer.Content.Headers.ContentRange.ShouldBe(new ContentRangeHeaderValue(Length));
    }

    [Theory]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("bytes=9-1")]
    [InlineData("lines=1-2")]
    public async Task Can_serve_everything_when_the_range_says_nothing(string range)
    {
        using var answer = await GetAsync(("Range", range));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentLength.ShouldBe(Length);
    }

    [Fact]
    public async Task Can_honour_conditions()
    {
        using var first = await _site.Client.GetAsync("/film");
        var (etag, changed) = (first.Headers.ETag!.ToString(), first.Content.Headers.LastModified!.Value);
        var before = (changed - TimeSpan.FromSeconds(1)).ToString("r");

        (await StatusAsync(("If-None-Match", etag))).ShouldBe(HttpStatusCode.NotModified);
        (await StatusAsync(("If-None-Match", $"\"x\", W/{etag}"))).ShouldBe(HttpStatusCode.NotModified);
        (await StatusAsync(("If-None-Match", "*"))).ShouldBe(HttpStatusCode.NotModified);
        (await StatusAsync(("If-None-Match", "\"x\""))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(("If-Modified-Since", changed.ToString("r")))).ShouldBe(HttpStatusCode.NotModified);
        (await StatusAsync(("If-Modified-Since", before))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(("If-Match", "\"x\""))).ShouldBe(HttpStatusCode.PreconditionFailed);
        (await StatusAsync(("If-Match", etag))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(("If-Unmodified-Since", before))).ShouldBe(HttpStatusCode.PreconditionFailed);
        (await StatusAsync(("Range", "bytes=0-1"), ("If-Range", etag))).ShouldBe(HttpStatusCode.PartialContent);
        (await StatusAsync(("Range", "bytes=0-1"), ("If-Range", changed.ToString("r")))).ShouldBe(HttpStatusCode.PartialContent);
        (await StatusAsync(("Range", "bytes=0-1"), ("If-Range", "\"x\""))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(("Range", "bytes=0-1"), ("If-Range", $"W/{etag}"))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Can_tell_the_head()
    {
        using var head = new HttpRequestMessage(HttpMethod.Head, "/film");
        using var answer = await _site.Client.SendAsync(head);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentLength.ShouldBe(Length);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Can_offer_a_download_under_any_name()
    {
        using var answer = await _site.Client.GetAsync("/film?name=" + Uri.EscapeDataString("Фильм \"1\".mp4"));

        answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        answer.Content.Headers.ContentDisposition.FileNameStar.ShouldBe("Фильм \"1\".mp4");
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<HttpStatusCode> StatusAsync(params (string, string)[] headers)
    {
        using var answer = await GetAsync(headers);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> GetAsync(params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/film");

        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();

        return await _site.Client.SendAsync(request);
    }
}
