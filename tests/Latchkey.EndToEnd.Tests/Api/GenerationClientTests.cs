using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Latchkey.EndToEnd.Tests.Running;
using Latchkey.Generation.Tests.Emulators;
using Shouldly;
using Xunit;
using Pictures = Latchkey.Generation.Tests.Emulators.Media;

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

    /// <summary>As docs/generation.md shows it.</summary>
    [Fact]
    public async Task Can_order_with_files_and_curl()
    {
        using var folder = new TemporaryFolder();
        var picture = folder.File("fox.png");
        await File.WriteAllBytesAsync(picture, Pictures.Png);

        var answer = await Command.SucceedAsync(
            "curl",
            [
                "-sS",
                $"{fixture.Server.Address}api/generate/photo",
                "-H",
                $"Authorization: Bearer {fixture.Server.ApiKey}",
                "-F",
                "model=sandbox-image",
                "-F",
                "prompt=In the snow",
                "-F",
                $"referenceImages=@{picture}",
                "-F",
                $"referenceImages=@{picture}",
            ]
        );

        var order = JsonNode.Parse(answer)!;
        ((bool)order["success"]!).ShouldBeTrue(answer);
        ((string)order["mode"]!).ShouldBe("i2i");
    }

    [Fact]
    public async Task Can_be_used_by_an_app_with_Supabases_client()
    {
        await using var project = await Emulator.StartAsync(new SupabaseEmulator(TimeProvider.System));
        await using var server = await Server.StartAsync(
            new Dictionary<string, string>
            {
                ["LATCHKEY_MODULES"] = "generation",
                ["SUPABASE_URL"] = project.Address,
                ["SUPABASE_SERVICE_ROLE_KEY"] = SupabaseEmulator.ServiceKey,
            }
        );
        var issuer = project.Address + "/auth/v1";

        await Command.SucceedAsync(
            "node",
            [Path.Combine(Folders.Clients, "node", "supabase.mjs")],
            new CommandSettings(
                Environment: new Dictionary<string, string>
                {
                    ["BASE_URL"] = server.Address.ToString().TrimEnd('/'),
                    ["SUPABASE_URL"] = project.Address,
                    ["ANON_KEY"] = SupabaseEmulator.AnonKey,
                    ["USER_TOKEN"] = project.Tokens.Of(Guid.NewGuid(), issuer),
                    ["OTHER_TOKEN"] = project.Tokens.Of(Guid.NewGuid(), issuer),
                }
            )
        );
        server.Output.ShouldNotContain(SupabaseEmulator.ServiceKey);
    }

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
