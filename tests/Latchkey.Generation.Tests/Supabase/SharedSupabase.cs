using Latchkey.Generation.Supabase;
using Xunit;

namespace Latchkey.Generation.Tests.Supabase;

/// <summary>One server with a Supabase project for the tests of a class; each begins with a project that behaves.</summary>
public sealed class SharedSupabase : IAsyncLifetime
{
    internal GenerationHost Host { get; private set; } = null!;

    internal GenerationHost Reset()
    {
        Host.Emulators.Reset();
        Host.Step = TimeSpan.FromSeconds(1);
        return Host;
    }

    public async ValueTask InitializeAsync() =>
        Host = await GenerationHost.StartWithSupabaseAsync(
            (GenerationSettings.CallbackUrl, "http://127.0.0.1"),
            (SupabaseSettings.UserCredits, "100")
        );

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
