using Xunit;

namespace Latchkey.Vpn.Tests.Running;

/// <summary>One server without a core, for the tests of a class.</summary>
public sealed class VpnHostFixture : IAsyncLifetime
{
    internal VpnHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await VpnHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
