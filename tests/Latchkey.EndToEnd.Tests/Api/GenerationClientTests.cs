using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Api;

/// <summary>The Generation module as others' clients use it, on the sandbox, which needs no key.</summary>
public class GenerationClientTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("openai")]
    [InlineData("fal")]
    public async Task Can_be_used_with_the_vendors_client(string script) =>
        await Command.SucceedAsync(
            "node",
            [Path.Combine(Folders.Clients, "node", $"{script}.mjs")],
            new CommandSettings(
                Environment: new Dictionary<string, string>
                {
                    ["BASE_URL"] = fixture.Server.Address.ToString().TrimEnd('/'),
                    ["API_KEY"] = fixture.Server.ApiKey,
                }
            )
        );

    /// <summary>The page's own way: order, ask every two seconds, look into the library; and the clip plays from the Video module.</summary>
    [Fact]
    public async Task Can_order_a_clip_find_it_in_the_library_and_play_it()
    {
        var client = fixture.Server.Client;
        using var ordered = await client.PostAsJsonAsync(
            "/api/generate/video",
            new
            {
                model = "sandbox-video",
                prompt = "A fox",
                publish = true,
            }
        );
        var jobId = (await ordered.Content.ReadFromJsonAsync<JsonNode>())!["jobId"]!.GetValue<string>();

        var job = await Eventually.BecomesAsync(
            async () => (await client.GetFromJsonAsync<JsonNode>($"/api/jobs/{jobId}?kind=video"))!,
            job => job["videoId"] is not null,
            Patience
        );
        job["status"]!.GetValue<string>().ShouldBe("completed");

        var library = await client.GetFromJsonAsync<JsonNode>("/api/library");
        library!["items"]!.AsArray().ShouldContain(item => (string)item!["id"]! == jobId && item["posterUrl"] != null);

        await Eventually.BecomesAsync(
            async () => (await client.GetAsync($"/vod/{job["videoId"]}/hls/manifest.m3u8")).StatusCode,
            status => status == HttpStatusCode.OK,
            Patience
        );
    }
}
