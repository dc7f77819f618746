using Latchkey.Platform.Access;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Access;

public sealed class FirstKeyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Can_use_the_key_of_the_setting()
    {
        await using var host = await StartAsync("a-key-of-the-operator");

        (await FindAsync(host, "a-key-of-the-operator"))!.May(KeyScopes.Vpn).ShouldBeTrue("an admin key may everything");
        host.Services.GetRequiredService<FirstKey>().TakeMadeSecret().ShouldBeNull();
        host.AssertNoWarningsLogged();
    }

    [Fact]
    public async Task Cannot_use_the_setting_s_earlier_key()
    {
        await using (await StartAsync("a-key-of-the-operator")) { }
        await using var host = await StartAsync("another-key-of-the-operator");

        (await FindAsync(host, "a-key-of-the-operator")).ShouldBeNull();
        (await FindAsync(host, "another-key-of-the-operator")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Cannot_use_a_revoked_key_by_leaving_it_in_the_setting()
    {
        await using (var host = await StartAsync("a-key-of-the-operator"))
        {
            var caller = await FindAsync(host, "a-key-of-the-operator");
            await host.Services.GetRequiredService<ApiKeys>().RevokeAsync(caller!.KeyId, CancellationToken.None);
        }

        await using var again = await StartAsync("a-key-of-the-operator");

        (await FindAsync(again, "a-key-of-the-operator")).ShouldBeNull();
        again.Services.GetRequiredService<FirstKey>().TakeMadeSecret().ShouldNotBeNull("there must be a way in");
        again.Logs.ShouldContain(line => line.Level == LogLevel.Warning && line.Text.Contains("LATCHKEY_API_KEY"));
    }

    [Fact]
    public async Task Can_make_the_first_key_once()
    {
        string? made;

        await using (var host = await StartAsync(""))
        {
            made = host.Services.GetRequiredService<FirstKey>().TakeMadeSecret();
            made.ShouldNotBeNull();
            host.Services.GetRequiredService<FirstKey>().TakeMadeSecret().ShouldBeNull("it is printed once");
            (await FindAsync(host, made))!.May(KeyScopes.Admin).ShouldBeTrue();
            host.Logs.ShouldAllBe(line => !line.Text.Contains(made));
        }

        await using var again = await StartAsync("");
        again.Services.GetRequiredService<FirstKey>().TakeMadeSecret().ShouldBeNull();
        (await FindAsync(again, made)).ShouldNotBeNull();
    }

    private Task<RunningHost> StartAsync(string key) =>
        RunningHost.StartAsync(new RunningHostOptions { DataPath = _folder.Path }.With(PlatformSettings.ApiKey, key));

    private static async Task<Caller?> FindAsync(RunningHost host, string secret) =>
        await host.Services.GetRequiredService<ApiKeyDirectory>().AuthenticateAsync(secret, CancellationToken.None);
}
