using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Vpn;

public sealed class VpnSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("short", "at least 32 characters")]
    [InlineData("change-me-in-production", "API_SECRET_KEY")]
    [InlineData("your-secret-key-here-your-secret-key-here", "API_SECRET_KEY")]
    public async Task Cannot_start_with_a_secret_that_is_none(string secret, string complaint)
    {
        var start = await RunAsync(["serve"], ("API_SECRET_KEY", secret));

        start.ExitCode.ShouldNotBe(0);
        (start.Output + start.Errors).ShouldContain("API_SECRET_KEY");
        (start.Output + start.Errors).ShouldContain(complaint);
    }

    [Fact]
    public async Task Can_say_that_the_module_is_off_without_a_secret()
    {
        await using var server = await Server.StartAsync(new Dictionary<string, string> { ["LC_ALL"] = "C.UTF-8" });
        await Eventually.TrueAsync(
            () => Task.FromResult(server.Output.Contains("API_SECRET_KEY is not set", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(30),
            () => $"Nothing was said of it.\n{server.Output}"
        );
        ((int)(await server.Client.GetAsync("/api/keys")).StatusCode).ShouldBe(404);

        var check = await RunAsync(["check-env"]);
        check.ExitCode.ShouldBe(0);
        check.Output.ShouldContain("The VPN module is off.");
    }

    private Task<Command> RunAsync(string[] arguments, params (string Name, string Value)[] settings) =>
        Command.RunAsync(
            Folders.Binary,
            arguments,
            new CommandSettings(
                _folder.Path,
                settings
                    .Append(("LATCHKEY_DATA", _folder.File("data")))
                    .Append(("PORT", $"{Server.FreePort()}"))
                    .Append(("LC_ALL", "C.UTF-8"))
                    .ToDictionary(setting => setting.Item1, setting => setting.Item2)
            )
        );
}
