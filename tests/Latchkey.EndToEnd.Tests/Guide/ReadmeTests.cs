using System.Text.RegularExpressions;
using Latchkey.EndToEnd.Tests.Media;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Guide;

/// <summary>What the README tells a newcomer to type, taken from the README itself.</summary>
public sealed partial class ReadmeTests : IClassFixture<ServerFixture>, IDisposable
{
    private readonly Server _server;
    private readonly TemporaryFolder _folder = new();

    public ReadmeTests(ServerFixture fixture, Clips clips)
    {
        _server = fixture.Server;
        File.Copy(clips.Short, _folder.File("clip.mp4"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Can_make_the_first_upload_with_curl()
    {
        var output = await Command.SucceedAsync("bash", ["-euc", Block("sh", "KEY=")], new CommandSettings(_folder.Path));

        await ShowsThePlayerAsync(output);
    }

    [Fact]
    public async Task Can_make_the_first_upload_with_the_node_client()
    {
        await File.WriteAllTextAsync(_folder.File("first.cjs"), Block("js", "ApiVideoClient"));

        var output = await Command.SucceedAsync(
            "node",
            ["first.cjs"],
            new CommandSettings(
                _folder.Path,
                new Dictionary<string, string> { ["NODE_PATH"] = Path.Combine(Folders.Clients, "node_modules") }
            )
        );

        await ShowsThePlayerAsync(output);
    }

    private async Task ShowsThePlayerAsync(string output)
    {
        var player = output.Trim().Split('\n')[^1];
        player.ShouldStartWith($"{_server.Address}embed/vod/vi");

        (await _server.Client.GetStringAsync(player)).ShouldContain("<html", Case.Insensitive);
        await _server.PlayableAsync(player.Split('/')[^1]);
    }

    private string Block(string language, string mark) =>
        Fence()
            .Matches(File.ReadAllText(Path.Combine(Folders.Repository, "README.md")))
            .Single(block => block.Groups["language"].Value == language && block.Value.Contains(mark, StringComparison.Ordinal))
            .Groups["code"]
            .Value.Replace("http://localhost:8000", _server.Address.ToString().TrimEnd('/'), StringComparison.Ordinal)
            .Replace("paste-the-key-here", _server.ApiKey, StringComparison.Ordinal);

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<code>[\s\S]*?)^```", RegexOptions.Multiline)]
    private static partial Regex Fence();
}
