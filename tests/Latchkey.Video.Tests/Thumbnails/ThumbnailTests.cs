using System.Net;
using Latchkey.Video.Data;
using Latchkey.Video.Thumbnails;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Thumbnails;

public sealed class ThumbnailTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private static readonly HttpMethod Patch = HttpMethod.Patch;

    /// <summary>One grey pixel.</summary>
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
    );

    private ApiHost Api => shared.Api;

    [Fact]
    public async Task Can_upload_a_picture_to_a_video_without_a_source()
    {
        var id = await Api.CreateVideoAsync();

        var video = await Api.Client.UploadAsync($"/videos/{id}/thumbnail", Png, null, HttpStatusCode.OK, "picture.png");

        video.GetProperty("assets").Text("thumbnail").ShouldEndWith("/thumbnail.jpg");
        var thumbnail = await FindAsync(id);
        thumbnail.Origin.ShouldBe(ThumbnailOrigin.Uploaded);
        var stored = await File.ReadAllBytesAsync(Path.Combine(Api.Host.DataPath, "files", thumbnail.FileKey!));
        stored[..3].ShouldBe([0xFF, 0xD8, 0xFF]);
    }

    [Theory]
    [InlineData("00:00:02.50", 2.5)]
    [InlineData("00:01:02", 62)]
    [InlineData("7", 7)]
    public async Task Can_pick_a_moment_of_a_video_without_a_source(string timecode, double seconds)
    {
        var id = await Api.CreateVideoAsync();

        await Api.Client.SendJsonAsync(Patch, $"/videos/{id}/thumbnail", $$"""{"timecode":"{{timecode}}"}""", HttpStatusCode.OK);

        (await FindAsync(id)).Seconds.ShouldBe(seconds);
    }

    [Theory]
    [InlineData("{}", "attribute-required")]
    [InlineData("""{"timecode":"soon"}""", "invalid-attribute")]
    [InlineData("""{"timecode":5}""", "invalid-attribute")]
    public async Task Cannot_pick_a_moment_from_a_bad_body(string body, string type)
    {
        var id = await Api.CreateVideoAsync();

        (await Api.Client.SendJsonAsync(Patch, $"/videos/{id}/thumbnail", body, HttpStatusCode.BadRequest)).ShouldBeProblem(
            type,
            "timecode"
        );
    }

    [Fact]
    public async Task Cannot_upload_what_is_no_picture()
    {
        var id = await Api.CreateVideoAsync();
        var path = $"/videos/{id}/thumbnail";

        (await Api.Client.UploadAsync(path, "no picture"u8.ToArray(), null, HttpStatusCode.BadRequest, "a.jpg")).ShouldBeProblem(
            "uploaded-file-extension-invalid",
            "file"
        );
        (await Api.Client.UploadAsync(path, [0xFF, 0xD8, 0xFF, 1, 2, 3], null, HttpStatusCode.BadRequest, "a.jpg")).ShouldBeProblem(
            "uploaded-file-invalid-file",
            "file"
        );
        (await Api.Client.UploadAsync(path, new byte[9 * ApiHost.MiB], null, HttpStatusCode.BadRequest)).ShouldBeProblem(
            "uploaded-file-too-large",
            "file"
        );
        (await Api.Client.SendJsonAsync(HttpMethod.Post, path, "{}", HttpStatusCode.BadRequest)).ShouldBeProblem(
            "uploaded-file-no-file",
            "file"
        );
        (await Api.Client.UploadAsync("/videos/vi0/thumbnail", Png, null, HttpStatusCode.NotFound)).ShouldBeProblem(
            "resource-not-found",
            "videoId"
        );
    }

    private async Task<VideoThumbnail> FindAsync(string videoId)
    {
        await using var scope = Api.Host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<VideoDb>().Thumbnails.SingleAsync(thumbnail => thumbnail.VideoId == videoId);
    }
}
