using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Web;

public sealed class FacadeTests
{
    private static readonly Facade Video = new(["/videos", "/boom", "/big"], new PlainProblems("video"))
    {
        ReadsAllBodiesAsJson = true,
        WritesBareJsonContentType = true,
        IsDefault = true,
        MaxBodyBytes = 1000,
    };

    private static readonly Facade App = new(["/api/video", "/"], new PlainProblems("app"));

    private static readonly string[] AcceptEncodingAndOrigin = ["Accept-Encoding", "Origin"];

    [Theory]
    [InlineData("/videos/x/y", "video 404")]
    [InlineData("/VIDEOS/x/y", "video 404")]
    [InlineData("/videosx", "video 404")] // the default's, not the prefix's
    [InlineData("/nothing", "video 404")]
    [InlineData("/api/video/x", "app 404")]
    [InlineData("/", "app 404")]
    [InlineData("/api/other", """{"success":false,"error":"Not Found","detail":"Not Found"}""")]
    [InlineData("/api", """{"success":false,"error":"Not Found","detail":"Not Found"}""")]
    public async Task Can_answer_an_unknown_route_in_the_shape_of_its_facade(string path, string body)
    {
        await using var site = await StartAsync();
        using var answer = await site.Client.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldBe(body);
    }

    [Fact]
    public async Task Can_answer_a_wrong_method_with_one_allowed_method()
    {
        await using var site = await StartAsync();
        using var answer = await site.Client.DeleteAsync("/videos");

        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("video 405");
        answer.Content.Headers.Allow.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/octet-stream")]
    public async Task Can_read_json_under_any_content_type(string? contentType)
    {
        await using var site = await StartAsync();
        using var body = new ByteArrayContent("""{"title":"Пёс"}"""u8.ToArray());
        body.Headers.ContentType = contentType is null ? null : new MediaTypeHeaderValue(contentType);
        using var answer = await site.Client.PostAsync("/videos", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("title");
        answer.Content.Headers.GetValues("Content-Type").ShouldBe(["application/json"]);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("[]")]
    public async Task Can_answer_a_bad_body_in_the_shape_of_its_facade(string json)
    {
        await using var site = await StartAsync();
        using var body = new StringContent(json);
        using var answer = await site.Client.PostAsync("/videos", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("video 400 BadHttpRequestException");
        site.Logs.AssertNoWarnings();
    }

    [Fact]
    public async Task Cannot_send_a_body_over_the_limit()
    {
        await using var site = await StartAsync();
        using var body = new StringContent("{\"title\":\"" + new string('x', 2000) + "\"}");
        using var answer = await site.Client.PostAsync("/videos", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await answer.Content.ReadAsStringAsync()).ShouldStartWith("video 413");
    }

    [Fact]
    public async Task Cannot_see_anything_of_a_crash_which_is_logged_once_without_the_query()
    {
        await using var site = await StartAsync();
        using var answer = await site.Client.GetAsync("/boom/private-token?token=secret");

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("video 500 InvalidOperationException");

        var line = site.Logs.Lines.Where(line => line.Level >= LogLevel.Warning).ShouldHaveSingleItem();
        line.Text.ShouldContain("/boom/{id}");
        site.Logs.Lines.ShouldAllBe(logged => !logged.Text.Contains("secret") && !logged.Text.Contains("private-token"));
    }

    [Fact]
    public async Task Cannot_take_half_an_answer_for_a_whole_one()
    {
        await using var site = await StartAsync();

        await Should.ThrowAsync<HttpRequestException>(() => site.Client.GetStringAsync("/boom"));
    }

    [Fact]
    public async Task Can_leave_without_an_error_in_the_log()
    {
        var (entered, left) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var site = await TestSite.StartAsync(
            routes =>
                routes.MapGet(
                    "/videos",
                    async (HttpContext context) =>
                    {
                        entered.SetResult();
                        try
                        {
                            await Task.Delay(Timeout.Infinite, context.RequestAborted);
                        }
                        finally
                        {
                            left.SetResult();
                        }
                    }
                ),
            Video
        );
        using var leave = new CancellationTokenSource();

        var request = site.Client.GetAsync("/videos", leave.Token);
        await entered.Task;
        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => request);
        await left.Task;
        await site.DisposeAsync();

        site.Logs.AssertNoWarnings();
    }

    [Fact]
    public async Task Cannot_get_a_content_type_with_an_empty_answer()
    {
        await using var site = await StartAsync();

        (await site.SendRawAsync("DELETE /videos/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).ShouldNotContain("Content-Type");
    }

    [Fact]
    public async Task Cannot_get_a_header_with_two_values()
    {
        await using var site = await StartAsync();
        using var answer = await site.Client.GetAsync("/videos/1");

        foreach (var (_, values) in answer.Headers.Concat(answer.Content.Headers))
            values.Count().ShouldBe(1);
    }

    [Fact]
    public async Task Can_ask_for_the_head_of_what_can_be_got()
    {
        await using var site = await StartAsync();
        using var head = new HttpRequestMessage(HttpMethod.Head, "/videos/1");
        using var answer = await site.Client.SendAsync(head);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues("X-Method").ShouldBe(["HEAD"]);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Can_be_called_from_any_page()
    {
        await using var site = await StartAsync();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/videos/1/source");
        preflight.Headers.Add("Origin", "https://example.com");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,av-origin-client,content-range");
        using var allowed = await site.Client.SendAsync(preflight);

        allowed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        allowed.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
        allowed.Headers.GetValues("Access-Control-Allow-Headers").ShouldBe(["authorization,av-origin-client,content-range"]);
        allowed.Headers.GetValues("Access-Control-Allow-Methods").Single().ShouldContain("PATCH");

        using var failed = await site.Client.GetAsync("/boom/1");
        failed.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
        failed.Headers.GetValues("Access-Control-Expose-Headers").Single().ShouldContain("Content-Range");
    }

    [Fact]
    public void Cannot_claim_a_prefix_twice() => Should.Throw<ArgumentException>(() => new FacadeTable([Video, Video]));

    private static Task<TestSite> StartAsync() =>
        TestSite.StartAsync(
            routes =>
            {
                routes.MapGet("/videos", () => "all");
                routes.MapPost("/videos", (Titled titled) => TypedResults.Ok(titled));
                routes.MapDelete("/videos/{id}", () => TypedResults.NoContent());
                routes.MapGet(
                    "/videos/{id}",
                    (HttpContext context) =>
                    {
                        context.Response.Headers["X-Method"] = context.Request.Method;
                        context.Response.Headers.Vary = AcceptEncodingAndOrigin;
                        return TypedResults.Ok(new Titled("a"));
                    }
                );
                routes.MapGet("/boom/{id}", string (string id) => throw new InvalidOperationException("Broke at " + id.Length));
                routes.MapGet(
                    "/boom",
                    async (HttpContext context) =>
                    {
                        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("half"));
                        throw new InvalidOperationException("broke");
                    }
                );
            },
            Video,
            App
        );

    private sealed record Titled(string Title);
}
