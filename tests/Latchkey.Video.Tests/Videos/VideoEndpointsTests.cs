using System.Net;
using Latchkey.Platform.Access;
using Latchkey.Testing;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Videos;

public sealed class VideoEndpointsTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private static readonly HttpMethod Post = HttpMethod.Post;
    private static readonly HttpMethod Patch = HttpMethod.Patch;

    [Fact]
    public async Task Can_create_a_video_with_the_documented_defaults()
    {
        var api = shared.Api;

        var video = await api.Client.SendJsonAsync(Post, "/videos", """{"title":"A & B"}""", HttpStatusCode.Created);
        var id = video.Text("videoId");

        id.Length.ShouldBe(24);
        id.ShouldStartWith("vi");
        video.Text("title").ShouldBe("A & B");
        video.Text("description").ShouldBe("");
        video.GetProperty("public").GetBoolean().ShouldBeTrue();
        video.GetProperty("panoramic").GetBoolean().ShouldBeFalse();
        video.GetProperty("mp4Support").GetBoolean().ShouldBeTrue();
        video.GetProperty("tags").GetArrayLength().ShouldBe(0);
        video.GetProperty("metadata").GetArrayLength().ShouldBe(0);
        video.Text("createdAt").ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$");
        video.GetProperty("source").Text("uri").ShouldBe($"/videos/{id}/source");

        var assets = video.GetProperty("assets");
        var root = api.Host.Address.ToString().TrimEnd('/');
        assets.Text("hls").ShouldBe($"{root}/vod/{id}/hls/manifest.m3u8");
        assets.Text("mp4").ShouldBe($"{root}/vod/{id}/mp4/source.mp4");
        assets.Text("thumbnail").ShouldBe($"{root}/vod/{id}/thumbnail.jpg");
        assets.Text("player").ShouldBe($"{root}/embed/vod/{id}");
        assets.Text("iframe").ShouldContain($"src=\"{root}/embed/vod/{id}\"");
    }

    [Fact]
    public async Task Can_get_a_private_video_with_a_new_token_each_time()
    {
        var api = shared.Api;
        var id = await api.CreateVideoAsync("""{"title":"Mine","public":false,"mp4Support":false}""");

        var one = (await api.Client.GetAsync($"/videos/{id}", HttpStatusCode.OK)).GetProperty("assets");
        var two = (await api.Client.GetAsync($"/videos/{id}", HttpStatusCode.OK)).GetProperty("assets");

        one.Text("hls").ShouldMatch($"/vod/{id}/token/[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}/hls/manifest.m3u8$");
        one.Text("player").ShouldMatch($@"/embed/vod/{id}\?token=[0-9a-f-]{{36}}$");
        one.Text("hls").ShouldNotBe(two.Text("hls"));
        one.TryGetProperty("mp4", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Can_change_a_video_as_a_merge_patch()
    {
        await using var api = await ApiHost.StartAsync();
        var id = await api.CreateVideoAsync(
            """{"title":"Old","description":"d","playerId":"pl1","tags":["a","b"],"metadata":[{"key":"k","value":"v"}],"language":"fr"}"""
        );

        var changed = await api.Client.SendJsonAsync(
            Patch,
            $"/videos/{id}",
            """{"title":"New","playerId":null,"language":null,"tags":["b","c"],"metadata":[],"unknown":{"x":1}}""",
            HttpStatusCode.OK
        );

        changed.Text("title").ShouldBe("New");
        changed.Text("description").ShouldBe("d");
        changed.GetProperty("playerId").GetString().ShouldBeNull();
        changed.GetProperty("language").GetString().ShouldBeNull();
        changed.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()).ShouldBe(["b", "c"]);
        changed.GetProperty("metadata").GetArrayLength().ShouldBe(0);

        var read = await api.Client.GetAsync($"/videos/{id}", HttpStatusCode.OK);
        read.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()).ShouldBe(["b", "c"]);
        (await TitlesAsync(api.Client, "tags[]=a")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "invalid-payload", null)]
    [InlineData("[]", "invalid-payload", null)]
    [InlineData("{", "invalid-payload", null)]
    [InlineData("{}", "attribute-required", "title")]
    [InlineData("""{"title":" "}""", "attribute-required", "title")]
    [InlineData("""{"title":5}""", "invalid-attribute", "title")]
    [InlineData("""{"title":"\ud800"}""", "invalid-attribute", "title")]
    [InlineData("""{"title":"t","public":"yes"}""", "invalid-attribute", "public")]
    [InlineData("""{"title":"t","tags":"a"}""", "invalid-attribute", "tags")]
    [InlineData("""{"title":"t","tags":[1]}""", "invalid-attribute", "tags")]
    [InlineData("""{"title":"t","metadata":{"a":"b"}}""", "invalid-attribute", "metadata")]
    [InlineData("""{"title":"t","metadata":[{"key":"a"}]}""", "invalid-attribute", "metadata")]
    [InlineData("""{"title":"t","language":"English!"}""", "invalid-attribute", "language")]
    [InlineData("""{"title":"t","scheduledAt":"soon"}""", "invalid-attribute", "scheduledAt")]
    [InlineData("""{"title":"t","source":"ftp://example.com/a"}""", "invalid-attribute", "source")]
    [InlineData("""{"title":"t","source":"vi0000000000000000000000"}""", "invalid-attribute", "source")]
    [InlineData("""{"title":"t","clip":5}""", "invalid-attribute", "clip")]
    [InlineData("""{"title":"t","clip":{"startTimecode":"00:00:09","endTimecode":"00:00:03"}}""", "invalid-attribute", "clip[endTimecode]")]
    [InlineData("""{"title":"t","clip":{"startTimecode":"now"}}""", "invalid-attribute", "clip[startTimecode]")]
    [InlineData("""{"title":"t","watermark":{"id":"watermark_1"}}""", "invalid-attribute", "watermark")]
    [InlineData("""{"title":"t","transcriptSummaryAttributes":["poem"]}""", "invalid-attribute", "transcriptSummaryAttributes")]
    public async Task Cannot_create_a_video_from_a_bad_body(string body, string type, string? name)
    {
        var api = shared.Api;

        var problem = await api.Client.SendJsonAsync(Post, "/videos", body, HttpStatusCode.BadRequest);

        problem.ShouldBeProblem(type, name);
        problem.GetProperty("status").GetInt32().ShouldBe(400);
    }

    [Fact]
    public async Task Cannot_create_a_video_and_is_told_everything_that_is_wrong()
    {
        var api = shared.Api;

        var problem = await api.Client.SendJsonAsync(Post, "/videos", """{"title":1,"tags":2,"public":3}""", HttpStatusCode.BadRequest);

        problem
            .GetProperty("problems")
            .EnumerateArray()
            .Select(one => one.Text("name"))
            .ShouldBe(["public", "tags", "title"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("""{"title":null}""", "title")]
    [InlineData("""{"tags":"a"}""", "tags")]
    [InlineData("""{"metadata":[{"key":1,"value":"x"}]}""", "metadata")]
    [InlineData("""{"language":"x y"}""", "language")]
    [InlineData("""{"scheduledAt":5}""", "scheduledAt")]
    public async Task Cannot_change_a_video_with_a_bad_body(string body, string name)
    {
        var api = shared.Api;
        var id = await api.CreateVideoAsync();

        (await api.Client.SendJsonAsync(Patch, $"/videos/{id}", body, HttpStatusCode.BadRequest)).ShouldBeProblem(
            "invalid-attribute",
            name
        );
    }

    [Fact]
    public async Task Can_filter_sort_and_page()
    {
        await using var api = await ApiHost.StartAsync();
        await api.CreateVideoAsync("""{"title":"Video A","tags":["x","y"],"metadata":[{"key":"k","value":"1"},{"key":"l","value":"2"}]}""");
        await api.CreateVideoAsync("""{"title":"Video B","tags":["x"],"description":"Ночь в Риме"}""");
        await api.CreateVideoAsync("""{"title":"Видео В","metadata":[{"key":"k","value":"1"}]}""");

        (await TitlesAsync(api.Client, "")).Count.ShouldBe(3);
        (await TitlesAsync(api.Client, "title=A")).ShouldBe(["Video A"]);
        (await TitlesAsync(api.Client, "title=video&sortBy=title&sortOrder=desc")).ShouldBe(["Video B", "Video A"]);
        (await TitlesAsync(api.Client, "title=" + Uri.EscapeDataString("ВИДЕО"))).ShouldBe(["Видео В"]);
        (await TitlesAsync(api.Client, "description=" + Uri.EscapeDataString("НОЧЬ"))).ShouldBe(["Video B"]);
        (await TitlesAsync(api.Client, "tags[]=x&tags[]=y")).ShouldBe(["Video A"]);
        (await TitlesAsync(api.Client, "tags%5b0%5d=x&tags%5b1%5d=y")).ShouldBe(["Video A"]);
        (await TitlesAsync(api.Client, "tags=x,y")).ShouldBe(["Video A"]);
        (await TitlesAsync(api.Client, "metadata[k]=1&metadata[l]=2")).ShouldBe(["Video A"]);
        (await TitlesAsync(api.Client, "metadata%5Bk%5D=1&sortBy=title")).ShouldBe(["Video A", "Видео В"]);
        (await TitlesAsync(api.Client, "metadata[k]=9")).ShouldBeEmpty();
        (await TitlesAsync(api.Client, "liveStreamId=li1")).ShouldBeEmpty();

        var page = (await api.Client.GetAsync("/videos?sortBy=title&currentPage=2&pageSize=1", HttpStatusCode.OK)).GetProperty(
            "pagination"
        );
        page.GetProperty("itemsTotal").GetInt32().ShouldBe(3);
        page.GetProperty("pagesTotal").GetInt32().ShouldBe(3);
        page.GetProperty("currentPageItems").GetInt32().ShouldBe(1);
        page.GetProperty("links")
            .EnumerateArray()
            .ToDictionary(link => link.Text("rel"), link => link.Text("uri"))
            .ShouldContainKeyAndValue("next", "/videos?currentPage=3&pageSize=1&sortBy=title");
    }

    [Theory]
    [InlineData("currentPage=0", "page")]
    [InlineData("currentPage=x", "page")]
    [InlineData("pageSize=0", "pageSize")]
    [InlineData("pageSize=101", "pageSize")]
    public async Task Cannot_ask_for_a_page_out_of_range(string query, string name)
    {
        var api = shared.Api;

        var problem = await api.Client.GetAsync("/videos?" + query, HttpStatusCode.BadRequest);

        problem.Text("name").ShouldBe(name);
        problem.TryGetProperty("type", out _).ShouldBeFalse();
        problem.GetProperty("range").GetProperty("min").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Cannot_sort_by_anything()
    {
        var api = shared.Api;

        (await api.Client.GetAsync("/videos?sortBy=colour", HttpStatusCode.BadRequest)).ShouldBeProblem(
            "request-invalid-query-parameter",
            "sortBy"
        );
    }

    [Fact]
    public async Task Can_delete_a_video_at_once_and_for_good()
    {
        await using var api = await ApiHost.StartAsync(new RunningHostOptions().With(VideoSettings.DiscardDays, "0"));
        var id = await api.CreateVideoAsync();
        await api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(1000), null);

        await api.Client.SendJsonAsync(HttpMethod.Delete, $"/videos/{id}", null, HttpStatusCode.NoContent);

        (await api.Client.GetAsync($"/videos/{id}", HttpStatusCode.NotFound)).ShouldBeProblem("resource-not-found", "videoId");
        (await TitlesAsync(api.Client, "")).ShouldBeEmpty();
        api.StoredSourceFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task Can_delete_a_video_and_keep_its_bytes_until_the_discard_period_ends()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var api = await ApiHost.StartAsync(new RunningHostOptions { Time = time });
        var id = await api.CreateVideoAsync();
        await api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(1000), null);

        await api.Client.SendJsonAsync(HttpMethod.Delete, $"/videos/{id}", null, HttpStatusCode.NoContent);
        await api.RemoveDueAsync();
        api.StoredSourceFiles().Count.ShouldBe(1);

        time.Advance(TimeSpan.FromDays(90) + TimeSpan.FromSeconds(1));
        await api.RemoveDueAsync();
        api.StoredSourceFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task Can_see_sandbox_and_production_videos_only_with_their_own_keys()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var api = await ApiHost.StartAsync(new RunningHostOptions { Time = time });
        using var sandbox = await api.ClientOfAsync(KeyEnvironment.Sandbox);
        var own = await api.CreateVideoAsync();
        var other = (await sandbox.SendJsonAsync(Post, "/videos", """{"title":"S","tags":["s"]}""", HttpStatusCode.Created)).Text(
            "videoId"
        );

        foreach (var (client, foreign) in new[] { (sandbox, own), (api.Client, other) })
        {
            (await TitlesAsync(client, "")).Count.ShouldBe(1);
            await client.GetAsync($"/videos/{foreign}", HttpStatusCode.NotFound);
            await client.GetAsync($"/videos/{foreign}/status", HttpStatusCode.NotFound);
            await client.SendJsonAsync(Patch, $"/videos/{foreign}", """{"title":"x"}""", HttpStatusCode.NotFound);
            await client.SendJsonAsync(Patch, $"/videos/{foreign}/thumbnail", """{"timecode":"1"}""", HttpStatusCode.NotFound);
            await client.SendJsonAsync(HttpMethod.Delete, $"/videos/{foreign}", null, HttpStatusCode.NotFound);
            (await client.UploadAsync($"/videos/{foreign}/source", [1], null, HttpStatusCode.NotFound)).ShouldBeProblem(
                "resource-not-found",
                "videoId"
            );
        }

        (await api.Client.GetAsync("/tags", HttpStatusCode.OK)).GetProperty("data").GetArrayLength().ShouldBe(0);

        time.Advance(TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1));
        await api.RemoveDueAsync();
        (await TitlesAsync(sandbox, "")).ShouldBeEmpty();
        (await TitlesAsync(api.Client, "")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Can_leave_a_video_empty_for_seven_days_only()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var api = await ApiHost.StartAsync(new RunningHostOptions { Time = time });
        await api.CreateVideoAsync();
        var unfinished = await api.CreateVideoAsync();
        var full = await api.CreateVideoAsync();
        await api.Client.UploadAsync($"/videos/{unfinished}/source", ApiClient.Bytes(ApiHost.PartSize), "part 1/2");
        await api.Client.UploadAsync($"/videos/{full}/source", ApiClient.Bytes(10), null);

        time.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        await api.RemoveDueAsync();

        var left = await api.Client.GetAsync("/videos", HttpStatusCode.OK);
        left.GetProperty("data").EnumerateArray().Select(video => video.Text("videoId")).ShouldBe([full]);
        api.StoredSourceFiles().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Can_read_the_status_before_during_and_after_an_upload()
    {
        var api = shared.Api;
        var id = await api.CreateVideoAsync();

        var before = await api.Client.GetAsync($"/videos/{id}/status", HttpStatusCode.OK);
        before.TryGetProperty("ingest", out _).ShouldBeFalse();
        before.GetProperty("encoding").GetProperty("playable").GetBoolean().ShouldBeFalse();

        await api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(ApiHost.PartSize), "part 2/*");
        var during = (await api.Client.GetAsync($"/videos/{id}/status", HttpStatusCode.OK)).GetProperty("ingest");
        during.Text("status").ShouldBe("uploading");
        during.GetProperty("receivedParts").GetProperty("total").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);

        await api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(7), "part 3/3");
        await api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(ApiHost.PartSize), "part 1/3");
        var after = (await api.Client.GetAsync($"/videos/{id}/status", HttpStatusCode.OK)).GetProperty("ingest");
        after.Text("status").ShouldBe("uploaded");
        after.GetProperty("filesize").GetInt64().ShouldBe(2 * ApiHost.PartSize + 7);
        after.GetProperty("receivedParts").GetProperty("parts").EnumerateArray().Select(part => part.GetInt32()).ShouldBe([1, 2, 3]);
        after.GetProperty("receivedParts").GetProperty("total").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task Can_copy_a_video()
    {
        var api = shared.Api;
        var id = await api.CreateVideoAsync();
        await api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(1000), null);

        var body = $$$"""{"title":"Copy","source":"{{{id}}}","clip":{"startTimecode":"00:00:01.500","endTimecode":"3"}}""";
        var copy = (await api.Client.SendJsonAsync(Post, "/videos", body, HttpStatusCode.Accepted)).Text("videoId");
        await api.Client.SendJsonAsync(HttpMethod.Delete, $"/videos/{id}", null, HttpStatusCode.NoContent);

        (await api.ReadSourceAsync(copy)).ShouldBe(ApiClient.Bytes(1000));
        var again = await api.Client.UploadAsync($"/videos/{copy}/source", [1], null, HttpStatusCode.BadRequest);
        again.ShouldBeProblem("video-source-already-copied");
    }

    private static async Task<IReadOnlyList<string>> TitlesAsync(HttpClient client, string query)
    {
        var list = await client.GetAsync("/videos?" + query, HttpStatusCode.OK);
        var titles = list.GetProperty("data").EnumerateArray().Select(video => video.Text("title")).ToList();

        list.GetProperty("pagination").GetProperty("itemsTotal").GetInt32().ShouldBe(titles.Count);
        return titles;
    }
}
