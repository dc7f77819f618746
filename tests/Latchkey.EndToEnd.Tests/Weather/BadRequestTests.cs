using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Weather;

/// <summary>Requests that no client of ours would send. Each gets an error in the shape of its path, and none tells about our inside.</summary>
public class BadRequestTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string NoVideo = "vi0000000000000000000000";

    /// <summary>The fields of each body, and what they should be.</summary>
    private static readonly Dictionary<string, string[]> Bodies = new()
    {
        ["POST /auth/api-key"] = ["apiKey:string"],
        ["POST /auth/refresh"] = ["refreshToken:string"],
        ["POST /videos"] =
        [
            "title:string",
            "description:string",
            "source:string",
            "public:boolean",
            "panoramic:boolean",
            "mp4Support:boolean",
            "playerId:string",
            "tags:array",
            "metadata:array",
            "clip:object",
            "language:string",
        ],
        ["PATCH /videos/{video}"] =
        [
            "title:string",
            "description:string",
            "public:boolean",
            "mp4Support:boolean",
            "tags:array",
            "metadata:array",
        ],
        ["PATCH /videos/{video}/thumbnail"] = ["timecode:string"],
        ["POST /upload-tokens"] = ["ttl:integer"],
        ["POST /webhooks"] = ["events:array", "url:string"],
        ["POST /api/video/create"] = ["title:string", "description:string", "tags:array"],
    };

    private static readonly Dictionary<string, string[]> WrongValues = new()
    {
        ["string"] = ["12", "true", "[]", "{}", """["a"]"""],
        ["boolean"] = ["\"yes\"", "12", "[]", "{}"],
        ["integer"] = ["\"x\"", "-1", "1.5", "99999999999999999999", "true", "[]", "{}"],
        ["array"] = ["\"x\"", "12", "{}", "[1]", "[null]", "[[]]", """[{"key":1}]"""],
        ["object"] = ["\"x\"", "12", "[]", """{"startTimecode":[]}"""],
    };

    private static readonly string[] NotObjects =
    [
        "null",
        "[]",
        "\"text\"",
        "12",
        "{",
        "{\"title\":",
        "\u0000",
        "title=Video",
        "{\"title\":\"\\ud800\"}",
        new('[', 5000),
    ];

    public static TheoryData<string> BodyRoutes => [.. Bodies.Keys];

    public static TheoryData<string> Lists => ["/videos", "/tags", "/upload-tokens", "/webhooks"];

    [Theory]
    [MemberData(nameof(BodyRoutes))]
    public async Task Cannot_crash_with_a_wrong_type(string route)
    {
        foreach (var field in Bodies[route].Select(field => field.Split(':')))
        {
            foreach (var value in WrongValues[field[1]])
                await IsRefusedOrTakenAsync(route, $$"""{"title":"A title","{{field[0]}}":{{value}}}""");
        }
    }

    [Theory]
    [MemberData(nameof(BodyRoutes))]
    public async Task Cannot_crash_with_what_is_no_object(string route)
    {
        foreach (var body in NotObjects)
            await IsRefusedOrTakenAsync(route, body);
    }

    [Theory]
    [MemberData(nameof(BodyRoutes))]
    public async Task Cannot_crash_with_a_huge_field(string route)
    {
        var name = Bodies[route][0].Split(':')[0];

        await IsRefusedOrTakenAsync(route, $$"""{"{{name}}":"{{new string('x', 20_000_000)}}"}""");
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Cannot_ask_for_a_page_that_cannot_be(string list)
    {
        foreach (
            var query in new[]
            {
                "currentPage=0",
                "currentPage=-1",
                "pageSize=0",
                "pageSize=101",
                "currentPage=x",
                "pageSize=99999999999999999999",
                "currentPage=1&currentPage=2&pageSize=0",
            }
        )
        {
            using var response = await fixture.Server.Client.GetAsync($"{list}?{query}");
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, query);
            await IsProblemAsync(response, query);
        }
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Cannot_crash_a_list_with_an_odd_filter(string list)
    {
        foreach (
            var query in new[]
            {
                "sortBy=nothing",
                "sortOrder=sideways",
                "tags=",
                "tags[]=",
                "tags[a][b]=1",
                "metadata[]=x",
                "metadata=x",
                "metadata[a][b]=c",
                "title[]=x",
                "title=%00",
                "title=%ff%fe",
                "title='; DROP TABLE video_videos; --",
                "title=%25_%5c",
                "events=nothing",
                "=",
                "&&&",
            }
        )
        {
            using var response = await fixture.Server.Client.GetAsync($"{list}?{query}");
            ((int)response.StatusCode).ShouldBeLessThan(500, query);
            await TellsNothingAsync(response, query);
        }
    }

    [Theory]
    [InlineData("/videos/{0}")]
    [InlineData("/videos/{0}/status")]
    [InlineData("/upload-tokens/{0}")]
    [InlineData("/webhooks/{0}")]
    [InlineData("/vod/{0}/hls/manifest.m3u8")]
    [InlineData("/vod/{0}/mp4/source.mp4")]
    [InlineData("/vod/{0}/thumbnail.jpg")]
    [InlineData("/vod/{0}/token/{0}/hls/manifest.m3u8")]
    [InlineData("/embed/vod/{0}")]
    [InlineData("/api/video/{0}/status")]
    public async Task Cannot_find_what_does_not_exist(string route)
    {
        foreach (var id in new[] { NoVideo, "x", "..%2f..%2f..%2fetc%2fpasswd", "a'b", "%F0%9F%8E%AC", new('v', 4000) })
        {
            var path = string.Format(System.Globalization.CultureInfo.InvariantCulture, route, id);
            using var response = await fixture.Server.Client.GetAsync(path);
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
            await TellsNothingAsync(response, path);
        }
    }

    [Theory]
    [InlineData("PUT", "/videos")]
    [InlineData("DELETE", "/tags")]
    [InlineData("PATCH", "/upload-tokens")]
    [InlineData("DELETE", "/api/video/create")]
    public async Task Cannot_use_a_method_that_is_not_there(string method, string path)
    {
        using var response = await fixture.Server.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        await IsProblemAsync(response, path);
    }

    [Theory]
    [InlineData("part 0/3", "part-zero")]
    [InlineData("part 4/3", "part-too-high-total")]
    [InlineData("part 1/0", "total-parts-zero")]
    [InlineData("part 10001/10001", "too-high")]
    [InlineData("part x/3", "video-content-range-malformed")]
    [InlineData("bytes 5-3/10", "video-content-range")]
    [InlineData("bytes 0-9/0", "video-content-range")]
    [InlineData("items 0-9/10", "video-content-range-malformed")]
    public async Task Cannot_upload_with_a_range_that_cannot_be(string range, string problem)
    {
        var videoId = (string)(await fixture.Server.CreateVideoAsync("Ranges"))["videoId"]!;

        using var response = await fixture.Server.SendSourceAsync(videoId, new byte[10], range);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        ((string)(await IsProblemAsync(response, range))["type"]!).ShouldContain(problem);
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/octet-stream")]
    [InlineData("application/json")]
    public async Task Cannot_upload_what_is_not_a_form(string contentType)
    {
        var videoId = (string)(await fixture.Server.CreateVideoAsync("Forms"))["videoId"]!;
        using var content = new ByteArrayContent(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp4\"\r\n\r\nabc"u8.ToArray()
        );
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        using var response = await fixture.Server.Client.PostAsync($"/videos/{videoId}/source", content);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await IsProblemAsync(response, contentType);
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic Og==")]
    [InlineData("Bearer")]
    [InlineData("Bearer a.b.c")]
    [InlineData("Digest x")]
    public async Task Cannot_come_in_with_an_odd_credential(string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(fixture.Server.Address, "/videos"));
        request.Headers.TryAddWithoutValidation("Authorization", header);
        using var client = new HttpClient();

        using var response = await client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        ((string)(await IsProblemAsync(response, header))["type"]!).ShouldContain("/authentication-");
    }

    /// <summary>Wrong, or harmless; never a crash.</summary>
    private async Task IsRefusedOrTakenAsync(string route, string body)
    {
        var (method, path) = (route.Split(' ')[0], route.Split(' ')[1]);

        if (path.Contains("{video}", StringComparison.Ordinal))
            path = path.Replace(
                "{video}",
                (string)(await fixture.Server.CreateVideoAsync("Weather"))["videoId"]!,
                StringComparison.Ordinal
            );

        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = new StringContent(body, Encoding.UTF8, (MediaTypeHeaderValue?)null),
        };

        // Whoever sends much asks first: the refusal would else meet a client that is still sending.
        request.Headers.ExpectContinue = true;

        using var response = await fixture.Server.Client.SendAsync(request);

        var what = $"{route} {body[..Math.Min(body.Length, 100)]}";
        ((int)response.StatusCode).ShouldBeLessThan(500, what);
        await TellsNothingAsync(response, what);

        if (!response.IsSuccessStatusCode)
            await IsProblemAsync(response, what);
    }

    private async Task<JsonNode> IsProblemAsync(HttpResponseMessage response, string what)
    {
        await TellsNothingAsync(response, what);
        var problem = await response.JsonAsync();

        if (response.RequestMessage!.RequestUri!.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal))
        {
            ((bool)problem["success"]!).ShouldBeFalse(what);
            ((string)problem["error"]!).ShouldNotBeNullOrEmpty(what);
        }
        else
        {
            response.Content.Headers.ContentType!.ToString().ShouldBe("application/json", what);
            ((string)problem["title"]!).ShouldNotBeNullOrEmpty(what);
            ((int)problem["status"]!).ShouldBe((int)response.StatusCode, what);
        }

        return problem;
    }

    private async Task TellsNothingAsync(HttpResponseMessage response, string what)
    {
        var text = await response.Content.ReadAsStringAsync();

        foreach (var leak in new[] { "   at ", "Exception", "System.", "Microsoft.", fixture.Server.DataFolder, fixture.Server.ApiKey })
            text.ShouldNotContain(leak, Case.Sensitive, what);
    }
}
