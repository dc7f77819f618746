using Xunit;

namespace Latchkey.EndToEnd.Tests.Running;

/// <summary>One server for the tests of a class.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    internal Server Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await Server.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
