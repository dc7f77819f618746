using System.Net;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.FalApi;

/// <summary>What fal.ai's client sends when it has a <c>proxyUrl</c>.</summary>
public class FalProxyTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private readonly GenerationHost _host = shared.Reset();

    [Fact]
    public async Task Can_order_and_ask_through_the_proxy()
    {
        using var client = await _host.ClientOfAsync();
        var request = await ThroughAsync(
            HttpMethod.Post,
            "https://queue.fal.run/latchkey/z-image",
            new { prompt = "A fox" },
            client: client
        );
        var id = request["request_id"]!.GetValue<string>();

        await _host.WaitAsync(id, client: client);

        var app = "https://queue.fal.run/latchkey/z-image/requests/" + id;
        (await ThroughAsync(HttpMethod.Get, app + "/status?logs=0", client: client))["status"]!.GetValue<string>().ShouldBe("COMPLETED");
        (await ThroughAsync(HttpMethod.Get, app, client: client))["images"]!.AsArray().Count.ShouldBe(1);
        (
            await ThroughAsync(
                HttpMethod.Post,
                "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3",
                new { file_name = "a.png" },
                client: client
            )
        )["upload_url"]
            .ShouldNotBeNull();
        await ThroughAsync(HttpMethod.Get, app, null, HttpStatusCode.Unauthorized, _host.Host.Anonymous);
    }

    [Theory]
    [InlineData("https://evil.example/latchkey/z-image")]
    [InlineData("http://queue.fal.run/latchkey/z-image")]
    [InlineData("https://queue.fal.run:8443/latchkey/z-image")]
    [InlineData("https://queue.fal.run.evil.example/latchkey/z-image")]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("file:///etc/passwd")]
    [InlineData("nothing")]
    [InlineData("")]
    [InlineData("https://queue.fal.run/proxy")]
    public async Task Cannot_go_anywhere_else(string target) =>
        await ThroughAsync(HttpMethod.Post, target, new { prompt = "A fox" }, HttpStatusCode.BadRequest);

    [Theory]
    [InlineData("https://queue.fal.run/../v1/models")]
    [InlineData("https://queue.fal.run/%2e%2e/v1/models")]
    [InlineData("https://queue.fal.run/..%2fv1/models")]
    [InlineData("https://queue.fal.run/%2e%2e%2fv1/models")]
    [InlineData("https://queue.fal.run/nothing")]
    public async Task Cannot_reach_other_routes(string target) =>
        (await ThroughAsync(HttpMethod.Post, target, new { prompt = "A fox" }, HttpStatusCode.NotFound))["detail"]!
            .GetValue<string>()
            .ShouldBe("Not found");

    private Task<JsonNode> ThroughAsync(
        HttpMethod method,
        string target,
        object? body = null,
        HttpStatusCode expected = HttpStatusCode.OK,
        HttpClient? client = null
    ) => _host.SendAsync(method, "/fal/proxy", body, expected, client, ("x-fal-target-url", target));
}
