using Latchkey.EndToEnd.Tests.Running;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Vpn;

/// <summary>Clients as the authors of bots and panels write them. What they must see is asserted in the scripts.</summary>
public sealed class VpnClientTests : IAsyncLifetime
{
    private VpnServer _vpn = null!;

    public async ValueTask InitializeAsync() => _vpn = await VpnServer.StartAsync();

    public ValueTask DisposeAsync() => _vpn.DisposeAsync();

    [Theory]
    [InlineData("bash", "keys.sh")]
    [InlineData("/usr/bin/python3", "requests_client.py")]
    [InlineData("/usr/bin/python3", "httpx_bot.py")]
    public async Task Can_be_used_by_a_script(string program, string script) =>
        await Command.SucceedAsync(program, [Path.Combine(Folders.Clients, "vpn", script)], _vpn.ForClients);
}
