using Xunit;

namespace Latchkey.Vpn.Tests.Running;

/// <summary>One server without a core for tests that each make their own keys.</summary>
public sealed class SharedVpnHost : IAsyncLifetime
{
    internal VpnHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await VpnHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class SharedVpnHostTests : ICollectionFixture<SharedVpnHost>
{
    public const string Name = "One server for all";
}
