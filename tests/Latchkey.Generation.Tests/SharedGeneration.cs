using Xunit;

namespace Latchkey.Generation.Tests;

/// <summary>One server for the tests of a class; each begins with vendors that behave.</summary>
public sealed class SharedGeneration : IAsyncLifetime
{
    internal GenerationHost Host { get; private set; } = null!;

    internal GenerationHost Reset()
    {
        Host.Emulators.Reset();
        Host.Step = TimeSpan.FromSeconds(1);
        return Host;
    }

    public async ValueTask InitializeAsync() =>
        Host = await GenerationHost.StartAsync(settings: (GenerationSettings.CallbackUrl, "http://127.0.0.1"));

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
