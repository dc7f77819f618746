using System.Net;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Api;

public class StatusTests(VpnHostFixture fixture) : IClassFixture<VpnHostFixture>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/api")]
    [InlineData("/api/")]
    [InlineData("/health")]
    public async Task Can_ask_without_a_token_whether_the_api_is_there(string path)
    {
        using var response = await fixture.Host.Host.Anonymous.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"status":"ok","service":"veil-xray-api"}""");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/health")]
    [InlineData("/api/keys")]
    public async Task Can_be_watched_by_a_monitor_that_sends_head(string path)
    {
        using var response = await fixture.Host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404, "Not Found")]
    [InlineData("GET", "/api/nowhere", 404, "Not Found")]
    [InlineData("GET", "/api/keys/1/nowhere", 404, "Not Found")]
    [InlineData("PUT", "/api/keys", 405, "Method Not Allowed")]
    [InlineData("POST", "/", 405, "Method Not Allowed")]
    [InlineData("GET", "/api/traffic/sync", 405, "Method Not Allowed")]
    [InlineData("POST", "/api/keys/1", 405, "Method Not Allowed")]
    public async Task Cannot_use_an_address_or_a_method_that_there_is_not(string method, string path, int status, string detail)
    {
        using var response = await fixture.Host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldBe($$"""{"detail":"{{detail}}"}""");

        if (status == 405)
            response.Content.Headers.Allow.ShouldNotBeEmpty();
    }
}
