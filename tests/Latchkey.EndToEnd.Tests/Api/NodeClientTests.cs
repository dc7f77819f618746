using Latchkey.EndToEnd.Tests.Media;
using Latchkey.EndToEnd.Tests.Running;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Api;

/// <summary>api.video's own Node client, unmodified. What it must see is asserted in the scripts, in its own terms.</summary>
public class NodeClientTests(ServerFixture fixture, Clips clips) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("authentication")]
    [InlineData("videos")]
    [InlineData("tags")]
    [InlineData("upload-whole")]
    [InlineData("upload-parts")]
    [InlineData("progressive")]
    [InlineData("upload-tokens")]
    [InlineData("thumbnails")]
    [InlineData("webhooks")]
    public async Task Can_be_used_with_the_node_client(string script) =>
        await Command.SucceedAsync(
            "node",
            [Path.Combine(Folders.Clients, "node", $"{script}.mjs")],
            new CommandSettings(
                Environment: new Dictionary<string, string>
                {
                    ["BASE_URL"] = fixture.Server.Address.ToString().TrimEnd('/'),
                    ["API_KEY"] = fixture.Server.ApiKey,
                    ["CLIP"] = clips.Short,
                    ["BIG_CLIP"] = clips.Big,
                    ["PICTURE"] = clips.Picture,
                }
            )
        );
}
