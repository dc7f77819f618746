using System.Net;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Web;

public sealed class CrossOriginTests
{
    private const string Panel = "https://panel.example";

    [Theory]
    [InlineData(Panel)]
    [InlineData("http://localhost:3000")]
    [InlineData("https://xn--80aksgi6f.example")]
    public async Task Can_be_called_from_a_listed_origin(string origin)
    {
        await using var site = await StartAsync("https://PANEL.example:443/", "http://localhost:3000", "https://панель.example");
        using var preflight = await AskAsync(site, HttpMethod.Options, origin);

        preflight.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Header(preflight, "Access-Control-Allow-Origin").ShouldBe(origin);
        Header(preflight, "Access-Control-Allow-Headers").ShouldBe("authorization,idempotency-key");
        Header(preflight, "Access-Control-Allow-Methods").ShouldNotBeNull().ShouldContain("PATCH");
        Header(preflight, "Vary").ShouldBe("Origin");

        using var answer = await AskAsync(site, HttpMethod.Get, origin);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        Header(answer, "Access-Control-Allow-Origin").ShouldBe(origin);
        Header(answer, "Access-Control-Allow-Credentials").ShouldBeNull();
        Header(answer, "Vary").ShouldBe("Origin");

        var exposed = Header(answer, "Access-Control-Expose-Headers").ShouldNotBeNull();
        exposed.ShouldContain("ETag");
        exposed.ShouldContain("Idempotent-Replayed");
    }

    [Fact]
    public async Task Can_read_an_error_from_a_listed_origin()
    {
        await using var site = await StartAsync(Panel);
        using var answer = await AskAsync(site, HttpMethod.Get, Panel, "/api/keys/nothing");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Header(answer, "Access-Control-Allow-Origin").ShouldBe(Panel);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://panel.example")]
    [InlineData("https://panel.example:8443")]
    [InlineData("https://panel.example.evil.example")]
    [InlineData("null")]
    public async Task Cannot_be_called_from_another_origin(string origin)
    {
        await using var site = await StartAsync(Panel);
        using var preflight = await AskAsync(site, HttpMethod.Options, origin);
        using var answer = await AskAsync(site, HttpMethod.Get, origin);

        preflight.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);

        foreach (var refused in new[] { preflight, answer })
        {
            Header(refused, "Access-Control-Allow-Origin").ShouldBeNull();
            Header(refused, "Access-Control-Expose-Headers").ShouldBeNull();
            Header(refused, "Vary").ShouldBe("Origin");
        }
    }

    [Fact]
    public async Task Can_tell_caches_that_an_answer_without_an_origin_depends_on_it_too()
    {
        await using var site = await StartAsync(Panel);
        using var answer = await site.Client.GetAsync("/api/keys/zipped");

        Header(answer, "Vary").ShouldBe("Accept-Encoding, Origin");
    }

    [Fact]
    public async Task Cannot_be_called_from_any_page_when_no_origin_is_listed()
    {
        await using var site = await StartAsync();
        using var preflight = await AskAsync(site, HttpMethod.Options, Panel);
        using var answer = await AskAsync(site, HttpMethod.Get, Panel);

        preflight.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        Header(answer, "Access-Control-Allow-Origin").ShouldBeNull();
        Header(answer, "Vary").ShouldBeNull();
    }

    [Fact]
    public async Task Can_be_called_from_any_page_by_a_star()
    {
        await using var site = await StartAsync(Panel, "*");
        using var preflight = await AskAsync(site, HttpMethod.Options, "https://other.example");
        using var answer = await AskAsync(site, HttpMethod.Get, "https://other.example");

        preflight.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Header(answer, "Access-Control-Allow-Origin").ShouldBe("*");
        Header(answer, "Vary").ShouldBeNull();
    }

    private static Task<TestSite> StartAsync(params string[] origins) =>
        TestSite.StartAsync(
            routes =>
            {
                routes.MapGet("/api/keys", () => "all");
                routes.MapGet(
                    "/api/keys/zipped",
                    (HttpContext context) =>
                    {
                        context.Response.Headers.Vary = "Accept-Encoding";
                        return "zipped";
                    }
                );
            },
            new Facade(["/api/keys"], new PlainProblems("vpn")) { Origins = AllowedOrigins.Of(origins) }
        );

    private static async Task<HttpResponseMessage> AskAsync(TestSite site, HttpMethod method, string origin, string path = "/api/keys")
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Origin", origin);

        if (method == HttpMethod.Options)
        {
            request.Headers.Add("Access-Control-Request-Method", "PATCH");
            request.Headers.Add("Access-Control-Request-Headers", "authorization,idempotency-key");
        }

        return await site.Client.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
