using System.Net;
using Latchkey.Platform.Access;
using Latchkey.Video.Videos;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Uploads;

public sealed class TokenUploadTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private const int PartSize = ApiHost.PartSize;

    private static readonly byte[] Whole = ApiClient.Bytes(2 * PartSize + 11);

    private ApiHost Api => shared.Api;

    private HttpClient Anonymous => shared.Api.Host.Anonymous;

    [Fact]
    public async Task Can_upload_to_a_new_video_named_after_the_file()
    {
        var token = await Api.CreateTokenAsync();

        var video = await Anonymous.UploadAsync($"/upload?token={token}", [1, 2], null, fileName: "/home/me/10m.mp4");

        video.Text("title").ShouldBe("10m.mp4");
        (await Api.ReadSourceAsync(video.Text("videoId"))).ShouldBe([1, 2]);
        (await Anonymous.UploadAsync($"/upload?token={token}", [3], null)).Text("videoId").ShouldNotBe(video.Text("videoId"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Can_name_the_video_before_or_behind_the_file(bool before)
    {
        var token = await Api.CreateTokenAsync();
        var first = await Anonymous.UploadAsync($"/upload?token={token}", Part(1), "part 1/3", fileName: "10m.mp4.part.a");
        var id = first.Text("videoId");
        first.Text("title").ShouldBe("10m.mp4.part.a");

        foreach (var part in new[] { 3, 2 })
        {
            var answer = await Anonymous.UploadAsync(
                $"/upload?token={token}",
                Part(part),
                $"part {part}/3",
                fileName: $"10m.mp4.part.{part}",
                videoIdBefore: before ? id : null,
                videoIdAfter: before ? null : id
            );
            answer.Text("videoId").ShouldBe(id);
        }

        (await Api.ReadSourceAsync(id)).ShouldBe(Whole);
    }

    [Fact]
    public async Task Can_upload_to_an_existing_video_whose_title_stays()
    {
        var token = await Api.CreateTokenAsync();
        var id = await Api.CreateVideoAsync("""{"title":"Kept"}""");

        var video = await Anonymous.UploadAsync($"/upload?token={token}", [1, 2], null, videoIdAfter: id);

        video.Text("title").ShouldBe("Kept");
        (await Api.ReadSourceAsync(id)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Can_upload_parts_that_name_no_video()
    {
        var token = await Api.CreateTokenAsync();

        var first = (await Anonymous.UploadAsync($"/upload?token={token}", Part(1), "part 1/3")).Text("videoId");
        (await Anonymous.UploadAsync($"/upload?token={token}", Part(2), "part 2/3")).Text("videoId").ShouldBe(first);
        (await Anonymous.UploadAsync($"/upload?token={token}", Part(3), "part 3/3")).Text("videoId").ShouldBe(first);

        (await Api.ReadSourceAsync(first)).ShouldBe(Whole);
    }

    [Fact]
    public async Task Can_upload_parts_that_name_no_video_side_by_side()
    {
        var token = await Api.CreateTokenAsync();

        var ids = await Task.WhenAll(
            new[] { 1, 2, 3 }.Select(async part =>
                (await Anonymous.UploadAsync($"/upload?token={token}", Part(part), $"part {part}/3")).Text("videoId")
            )
        );

        ids.Distinct().Count().ShouldBe(1);
        (await Api.ReadSourceAsync(ids[0])).ShouldBe(Whole);
    }

    [Fact]
    public async Task Cannot_mix_two_clients_of_one_token()
    {
        var token = await Api.CreateTokenAsync();
        using var one = new HttpClient { BaseAddress = Api.Host.Address };
        using var two = new HttpClient { BaseAddress = Api.Host.Address };
        one.DefaultRequestHeaders.UserAgent.ParseAdd("one/1");
        two.DefaultRequestHeaders.UserAgent.ParseAdd("two/1");

        var first = (await one.UploadAsync($"/upload?token={token}", Part(1), "part 1/2")).Text("videoId");
        var second = (await two.UploadAsync($"/upload?token={token}", Part(2), "part 1/2")).Text("videoId");
        (await one.UploadAsync($"/upload?token={token}", [1], "part 2/2")).Text("videoId").ShouldBe(first);
        (await two.UploadAsync($"/upload?token={token}", [2], "part 2/2")).Text("videoId").ShouldBe(second);

        (await Api.ReadSourceAsync(first)).ShouldBe([.. Part(1), 1]);
        (await Api.ReadSourceAsync(second)).ShouldBe([.. Part(2), 2]);
    }

    [Fact]
    public async Task Cannot_upload_without_a_valid_token()
    {
        var token = await Api.CreateTokenAsync();
        await Api.Client.SendJsonAsync(HttpMethod.Delete, $"/upload-tokens/{token}", null, HttpStatusCode.NoContent);

        (await Api.Client.UploadAsync("/upload", [1], null, HttpStatusCode.Unauthorized)).ShouldBeProblem(
            "authentication-missing-upload-token"
        );
        (await Anonymous.UploadAsync("/upload?token=tok_no", [1], null, HttpStatusCode.Unauthorized)).ShouldBeProblem(
            "authentication-invalid-upload-token"
        );
        (await Anonymous.UploadAsync($"/upload?token={token}", [1], null, HttpStatusCode.Unauthorized)).ShouldBeProblem(
            "authentication-invalid-upload-token"
        );
    }

    [Fact]
    public async Task Cannot_upload_to_a_video_of_the_other_environment()
    {
        using var sandbox = await Api.ClientOfAsync(KeyEnvironment.Sandbox);
        var token = (await sandbox.SendJsonAsync(HttpMethod.Post, "/upload-tokens", "{}", HttpStatusCode.OK)).Text("token");
        var id = await Api.CreateVideoAsync();
        await Api.Client.GetAsync($"/upload-tokens/{token}", HttpStatusCode.NotFound);

        foreach (var range in new[] { null, "part 1/1" })
            (await Anonymous.UploadAsync($"/upload?token={token}", [1], range, HttpStatusCode.NotFound, videoIdAfter: id)).ShouldBeProblem(
                "resource-not-found",
                "videoId"
            );
    }

    [Fact]
    public async Task Can_bind_a_token_to_one_video_and_a_size()
    {
        var catalogue = Api.Host.Services.GetRequiredService<IVideoCatalogue>();
        var asked = new NewCatalogueVideo("T", null, ["tag"], KeyEnvironment.Production, "http://x", TimeSpan.FromHours(1), 1000);
        var created = await catalogue.CreateVideoWithUploadTokenAsync(asked, CancellationToken.None);
        var path = new Uri(created.UploadUrl).PathAndQuery;
        var other = await Api.CreateVideoAsync();

        (await Anonymous.UploadAsync(path, [1], null, HttpStatusCode.NotFound, videoIdAfter: other)).ShouldBeProblem(
            "resource-not-found",
            "videoId"
        );
        (await Anonymous.UploadAsync(path, ApiClient.Bytes(1001), null, HttpStatusCode.BadRequest)).ShouldBeProblem(
            "uploaded-file-too-large",
            "file"
        );
        (await catalogue.GetStatusAsync(created.VideoId, "http://x", CancellationToken.None))!.Stage.ShouldBe(VideoProgressStage.Uploading);

        var video = await Anonymous.UploadAsync(path, ApiClient.Bytes(1000), null);

        video.Text("videoId").ShouldBe(created.VideoId);
        video.Text("title").ShouldBe("T");
        (await catalogue.GetStatusAsync(created.VideoId, "http://x", CancellationToken.None))!.Stage.ShouldBe(VideoProgressStage.Uploaded);
    }

    private static byte[] Part(int part) => Whole[((part - 1) * PartSize)..Math.Min(part * PartSize, Whole.Length)];
}
