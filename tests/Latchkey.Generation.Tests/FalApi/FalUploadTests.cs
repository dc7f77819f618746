using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Latchkey.Generation.References;
using Latchkey.Generation.Tests.Emulators;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.FalApi;

/// <summary>fal.ai's storage as its client uses it.</summary>
public class FalUploadTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private readonly GenerationHost _host = shared.Reset();

    [Fact]
    public async Task Can_order_with_an_uploaded_picture()
    {
        var place = await InitiateAsync("my fox/../é.png");
        var (uploadUrl, fileUrl) = (place["upload_url"]!.GetValue<string>(), place["file_url"]!.GetValue<string>());
        (await PutAsync(uploadUrl, Media.Png)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        using var file = await _host.Host.Anonymous.GetAsync(fileUrl);
        file.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        (await file.Content.ReadAsByteArrayAsync()).ShouldBe(Media.Png);

        var request = await _host.SendAsync(
            HttpMethod.Post,
            "/fal/fal-ai/kling-video/o1/standard/image-to-video",
            new { prompt = "A fox", start_image_url = fileUrl },
            HttpStatusCode.OK
        );
        await _host.WaitAsync(request["request_id"]!.GetValue<string>());

        _host.Emulators.Fal.Uploads.ShouldContain(name => name.EndsWith(".png"));
        _host.Emulators.Complaints.ShouldBeEmpty();
    }

    /// <summary>The address of a file of ours is not fetched: it may be one that cannot be reached from here.</summary>
    [Fact]
    public async Task Can_name_an_upload_by_any_address_of_this_server()
    {
        var place = await InitiateAsync("fox.png");
        await PutAsync(place["upload_url"]!.GetValue<string>(), Media.Png);
        var elsewhere = "https://latchkey.invalid" + new Uri(place["file_url"]!.GetValue<string>()).AbsolutePath;

        await _host.OrderAsync(
            "/api/generate/photo",
            new
            {
                model = "seedream-4.5",
                prompt = "A fox",
                referenceImage = elsewhere,
            }
        );
    }

    [Fact]
    public async Task Cannot_upload_without_a_place_or_what_is_no_picture()
    {
        var place = await InitiateAsync("a.html");
        var uploadUrl = place["upload_url"]!.GetValue<string>();

        (await PutAsync(uploadUrl[..^1] + (uploadUrl[^1] == '0' ? '1' : '0'), Media.Png)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await PutAsync(uploadUrl.Split('?')[0], Media.Png)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var refused = await PutAsync(uploadUrl, "<script>alert(1)</script>"u8.ToArray());
        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["detail"]![0]!["type"]!.GetValue<string>().ShouldBe("unsupported_file");

        await _host.GetAsync(place["file_url"]!.GetValue<string>(), HttpStatusCode.NotFound, _host.Host.Anonymous);
        await _host.SendAsync(HttpMethod.Post, "/fal/storage/upload/initiate", new { }, HttpStatusCode.Unauthorized, _host.Host.Anonymous);
        _host.Time.Advance(TimeSpan.FromMinutes(61));
        (await PutAsync(uploadUrl, Media.Png)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Can_upload_in_parts()
    {
        byte[] clip = [.. Media.Mp4, .. new byte[UploadStore.PartBytes]];
        var place = await InitiateAsync("clip.mp4", "-multipart");
        var (path, query) = Split(place["upload_url"]!.GetValue<string>());

        var parts = new JsonArray
        {
            await PutPartAsync($"{path}/1{query}", clip[..UploadStore.PartBytes]),
            await PutPartAsync($"{path}/2{query}", clip[UploadStore.PartBytes..]),
        };
        await _host.SendAsync(HttpMethod.Post, $"{path}/complete{query}", "{}", HttpStatusCode.UnprocessableEntity);
        var backwards = new JsonObject { ["parts"] = new JsonArray(parts[1]!.DeepClone(), parts[0]!.DeepClone()) };
        await _host.SendAsync(HttpMethod.Post, $"{path}/complete{query}", backwards.ToJsonString(), HttpStatusCode.UnprocessableEntity);
        (await CompleteAsync(path + "/complete" + query, parts)).ShouldBe(HttpStatusCode.NoContent);

        (await _host.Host.Anonymous.GetByteArrayAsync(place["file_url"]!.GetValue<string>())).ShouldBe(clip);
        (await CompleteAsync(path + "/complete" + query, parts)).ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await PutAsync($"{path}/1", [1])).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await PutAsync($"{path}/21{query}", [1])).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await CompleteAsync(path + "/complete", parts)).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Cannot_upload_anything_but_media_in_parts()
    {
        var place = await InitiateAsync("clip.mp4", "-multipart");
        var (path, query) = Split(place["upload_url"]!.GetValue<string>());
        var part = await PutPartAsync($"{path}/1{query}", "hello, world, this is text"u8.ToArray());

        (await CompleteAsync(path + "/complete" + query, [part])).ShouldBe(HttpStatusCode.UnprocessableEntity);
        await _host.GetAsync(place["file_url"]!.GetValue<string>(), HttpStatusCode.NotFound, _host.Host.Anonymous);
    }

    [Fact]
    public async Task Cannot_keep_an_upload_for_ever()
    {
        var place = await InitiateAsync("fox.png");
        await PutAsync(place["upload_url"]!.GetValue<string>(), Media.Png);
        var uploads = _host.Host.Services.GetRequiredService<UploadStore>();
        var address = new Uri(place["file_url"]!.GetValue<string>());

        await uploads.DeleteOldAsync(CancellationToken.None);
        (await uploads.OpenAddressAsync(address, CancellationToken.None)).ShouldNotBeNull();

        _host.Time.Advance(TimeSpan.FromDays(8));
        await uploads.DeleteOldAsync(CancellationToken.None);
        (await uploads.OpenAddressAsync(address, CancellationToken.None)).ShouldBeNull();
    }

    private static (string Path, string Query) Split(string url) =>
        (url[..url.IndexOf('?', StringComparison.Ordinal)], url[url.IndexOf('?', StringComparison.Ordinal)..]);

    private async Task<JsonNode> PutPartAsync(string url, byte[] bytes)
    {
        using var answer = await PutAsync(url, bytes);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);

        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private async Task<HttpStatusCode> CompleteAsync(string url, JsonArray parts)
    {
        using var content = new StringContent(new JsonObject { ["parts"] = parts.DeepClone() }.ToJsonString());
        using var answer = await _host.Host.Anonymous.PostAsync(url, content);

        return answer.StatusCode;
    }

    private Task<JsonNode> InitiateAsync(string name, string how = "") =>
        _host.SendAsync(
            HttpMethod.Post,
            $"/fal/storage/upload/initiate{how}?storage_type=fal-cdn-v3",
            new { content_type = "image/png", file_name = name },
            HttpStatusCode.OK
        );

    private Task<HttpResponseMessage> PutAsync(string url, byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/png");

        return _host.Host.Anonymous.PutAsync(url, content);
    }
}
