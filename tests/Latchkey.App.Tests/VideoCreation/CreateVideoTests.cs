using System.Net;
using Shouldly;
using Xunit;

namespace Latchkey.App.Tests.VideoCreation;

public class CreateVideoTests
{
    [Fact]
    public async Task Can_create_a_video_as_the_guide_does()
    {
        await using var app = await AppHost.StartAsync();
        var address = app.Host.Address.ToString().TrimEnd('/');

        var (status, body) = await app.CreateAsync("""{"title":"Test Video"}""", contentType: "application/json");

        status.ShouldBe(HttpStatusCode.OK);
        body.ToJsonString()
            .ShouldBe(
                $$$"""
                {"success":true,"videoId":"{{{FakeVideoHost.VideoId}}}","uploadToken":"tok_1","uploadUrl":"{{{address}}}/upload?token=tok_1","assets":{"hls":"{{{address}}}/hls","mp4":"{{{address}}}/mp4","thumbnail":"{{{address}}}/thumbnail","player":"{{{address}}}/player","iframe":"\u003Ciframe\u003E"}}
                """
            );
        var video = app.Videos.Prepared.ShouldHaveSingleItem();
        video.Title.ShouldBe("Test Video");
        video.TokenLifetime.ShouldBe(TimeSpan.FromSeconds(3600));
    }

    [Fact]
    public async Task Can_create_a_video_with_all_fields()
    {
        await using var app = await AppHost.StartAsync();

        await app.CreateAsync("""{"title":" Дом у озера ","description":"Две комнаты","tags":["дом"," дом","озеро"],"unknown":[1]}""");

        var video = app.Videos.Prepared.ShouldHaveSingleItem();
        video.Title.ShouldBe("Дом у озера");
        video.Description.ShouldBe("Две комнаты");
        video.Tags.ShouldBe(["дом", "озеро"]);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("", "application/json")]
    [InlineData(" \r\n", "application/json")]
    [InlineData("{}", "text/plain;charset=UTF-8")]
    [InlineData("{}", "application/x-www-form-urlencoded")]
    [InlineData("""{"title":null,"tags":null}""", "application/json")]
    [InlineData("""{"title":"  "}""", "application/json; charset=utf-8")]
    public async Task Can_create_a_video_without_a_title(string request, string? contentType)
    {
        await using var app = await AppHost.StartAsync();

        var (status, _) = await app.CreateAsync(request, contentType: contentType);

        status.ShouldBe(HttpStatusCode.OK);
        app.Videos.Prepared.ShouldHaveSingleItem().Title.ShouldMatch(@"^Video \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$");
    }

    [Theory]
    [InlineData("""{"title":12}""", "title has a wrong type, or is not valid JSON.")]
    [InlineData("""{"title":{"a":1}}""", "title has a wrong type, or is not valid JSON.")]
    [InlineData("""{"description":true}""", "description has a wrong type, or is not valid JSON.")]
    [InlineData("""{"tags":"house"}""", "tags has a wrong type, or is not valid JSON.")]
    [InlineData("""{"tags":["house",2]}""", "tags[1] has a wrong type, or is not valid JSON.")]
    [InlineData("""{"tags":[null]}""", "Each of tags must be text of 1 to 100 characters.")]
    [InlineData("""{"tags":[""]}""", "Each of tags must be text of 1 to 100 characters.")]
    [InlineData("null", "The body must be a JSON object.")]
    [InlineData("[]", "The body must be a JSON object.")]
    [InlineData("title=Test", "The body must be a JSON object.")]
    [InlineData("\"Test\"", "The body must be a JSON object.")]
    [InlineData("""{"title":"\ud800"}""", "title has a wrong type, or is not valid JSON.")]
    public async Task Cannot_create_a_video_from_a_bad_body(string request, string details)
    {
        await using var app = await AppHost.StartAsync();

        var (status, body) = await app.CreateAsync(request);

        status.ShouldBe(HttpStatusCode.BadRequest);
        body.ToJsonString().ShouldBe($$"""{"success":false,"error":"Invalid request","details":"{{details}}"}""");
        app.Videos.Prepared.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("title", 256)]
    [InlineData("description", 5001)]
    public async Task Cannot_create_a_video_with_a_long_field(string field, int length)
    {
        await using var app = await AppHost.StartAsync();

        var (status, body) = await app.CreateAsync($$"""{"{{field}}":"{{new string('x', length)}}"}""");

        status.ShouldBe(HttpStatusCode.BadRequest);
        ((string)body["details"]!).ShouldStartWith($"{field} must not be longer than");
    }

    [Fact]
    public async Task Cannot_send_a_huge_body()
    {
        await using var app = await AppHost.StartAsync();

        var (status, body) = await app.CreateAsync($$"""{"title":"{{new string('x', 1_000_000)}}"}""");

        status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        body.ToJsonString().ShouldBe("""{"success":false,"error":"Request body is too large"}""");
    }

    [Fact]
    public async Task Cannot_learn_why_the_server_failed()
    {
        await using var app = await AppHost.StartAsync();
        app.Videos.Failure = new InvalidOperationException("a secret of ours");

        var (status, body) = await app.CreateAsync("{}");

        status.ShouldBe(HttpStatusCode.InternalServerError);
        body.ToJsonString().ShouldBe("""{"success":false,"error":"Internal server error"}""");
    }

    [Fact]
    public async Task Cannot_create_a_video_where_there_is_no_video_system()
    {
        await using var app = await AppHost.StartWithoutVideoAsync();

        var (status, body) = await app.CreateAsync("{}");

        status.ShouldBe(HttpStatusCode.InternalServerError);
        body.ToJsonString()
            .ShouldBe("""{"success":false,"error":"API Video service not configured","details":"API_VIDEO_KEY is required"}""");
    }

    [Theory]
    [InlineData(null, "API_VIDEO_KEY is required")]
    [InlineData("a-real-key-of-api-video", "APP_VIDEO=upstream is not built yet")]
    public async Task Cannot_create_a_video_upstream(string? key, string details)
    {
        await using var app = key is null
            ? await AppHost.StartAsync((AppSettings.VideoMode, "upstream"))
            : await AppHost.StartAsync((AppSettings.VideoMode, "upstream"), (AppSettings.ApiVideoKey, key));

        var (status, body) = await app.CreateAsync("{}");

        status.ShouldBe(HttpStatusCode.InternalServerError);
        ((string)body["error"]!).ShouldBe("API Video service not configured");
        ((string)body["details"]!).ShouldBe(details);
    }

    [Theory]
    [InlineData("GET", "/api/video/create", HttpStatusCode.MethodNotAllowed, "Method Not Allowed")]
    [InlineData("GET", "/api/video", HttpStatusCode.NotFound, "Not Found")]
    [InlineData("GET", "/api/video/x/y/z", HttpStatusCode.NotFound, "Not Found")]
    public async Task Cannot_ask_for_what_is_not_there(string method, string path, HttpStatusCode expected, string error)
    {
        await using var app = await AppHost.StartAsync();

        using var response = await app.Host.Anonymous.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        response.StatusCode.ShouldBe(expected);
        (await response.Content.ReadAsStringAsync()).ShouldBe($$"""{"success":false,"error":"{{error}}"}""");
    }
}
