using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Deaths;

/// <summary>A VPN core that the server runs (<c>VPN_RUN_CORE</c>) does not outlive it.</summary>
public sealed class CoreTests : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Can_end_the_core_with_the_server(bool isKilled)
    {
        var settings = new Dictionary<string, string>
        {
            ["API_SECRET_KEY"] = new('k', 40),
            ["XRAY_CONFIG_PATH"] = _folder.File("config.json"),
            ["V2RAY_PATH"] = "/usr/bin/v2ray",
            ["XRAY_API_PORT"] = $"{Server.FreePort()}",
            ["REALITY_PORT"] = $"{Server.FreePort()}",
            ["VPN_RUN_CORE"] = "true",
        };
        await Command.SucceedAsync(Folders.Binary, ["vpn", "configure", "--core", "v2ray"], new CommandSettings(_folder.Path, settings));
        await using var server = await Server.StartAsync(settings);
        var core = (await Eventually.BecomesAsync(() => Task.FromResult(Cores(server)), children => children.Count == 1, Longest)).Single();

        if (isKilled)
            await server.KillAsync();
        else
            (await server.InterruptAsync()).ExitCode.ShouldBe(0, server.Output);

        await Eventually.TrueAsync(() => Task.FromResult(!IsRunning(core)), Longest, () => $"The core {core} still runs.\n{server.Output}");
    }

    private static List<int> Cores(Server server) => [.. server.Children().Where(id => NameOf(id) == "v2ray")];

    private static bool IsRunning(int processId) => NameOf(processId) == "v2ray" && !StateOf(processId).StartsWith('Z');

    private static string NameOf(int processId) => Read($"/proc/{processId}/comm");

    private static string StateOf(int processId) => Read($"/proc/{processId}/stat").Split(") ")[^1];

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
