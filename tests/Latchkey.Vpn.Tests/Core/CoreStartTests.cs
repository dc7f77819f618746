using System.Text.Json.Nodes;
using Latchkey.Testing;
using Latchkey.Vpn.Tests.Running;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Core;

/// <summary>The short id at the first start.</summary>
public sealed class CoreStartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("config.json");

    [Fact]
    public async Task Can_put_the_short_id_in_and_say_that_a_foreign_core_must_be_restarted()
    {
        File.WriteAllText(Path, RealityConfiguration.Text);
        using var xray = new FakeXray();

        await using var host = await StartAsync(xray);
        var line = await LineAsync(host, "One restart of the core is due");

        line.Level.ShouldBe(LogLevel.Warning);
        line.Text.ShouldContain("7bb45050");
        line.Text.ShouldContain(Path);
        File.ReadAllText(Path).ShouldContain("7bb45050");
        xray.Calls.ShouldBe([$"run -test -config {Path}.latchkey-new.json"]);
    }

    [Fact]
    public async Task Cannot_put_it_in_when_the_core_refuses_and_shows_no_secret()
    {
        File.WriteAllText(Path, RealityConfiguration.Text);
        using var xray = new FakeXray(
            $"""echo 'Failed to start: invalid "privateKey": {RealityConfiguration.PrivateKey} of {RealityConfiguration.StrangerId}' >&2; exit 23"""
        );

        await using var host = await StartAsync(xray);
        var line = await LineAsync(host, "was not added");

        line.Text.ShouldContain("REALITY_COMMON_SHORT_ID");
        line.Text.ShouldContain("Failed to start: invalid");
        line.Text.ShouldNotContain(RealityConfiguration.PrivateKey);
        line.Text.ShouldNotContain(RealityConfiguration.StrangerId);
        File.ReadAllText(Path).ShouldBe(RealityConfiguration.Text);
        Directory.GetFiles(_folder.Path).ShouldBe([Path]);
    }

    [Fact]
    public async Task Can_say_that_there_is_no_file()
    {
        using var xray = new FakeXray();

        await using var host = await StartAsync(xray);

        (await LineAsync(host, "XRAY_CONFIG_PATH: there is no file")).Text.ShouldContain(Path);
        xray.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Cannot_use_a_file_that_is_no_json_and_starts_all_the_same()
    {
        File.WriteAllText(Path, "no json");
        using var xray = new FakeXray();

        await using var host = await StartAsync(xray);

        (await LineAsync(host, "was not added")).Text.ShouldContain($"{Path} cannot be used: it is not JSON");
        ((string)(await host.CreateKeyAsync())["short_id"]!).ShouldBe("7bb45050");
        File.ReadAllText(Path).ShouldBe("no json");
    }

    [Fact]
    public async Task Can_change_a_file_that_the_real_core_accepts()
    {
        await using var core = RealCore.Prepare();
        // V2Ray knows no REALITY, but lets such settings stand where they are not used.
        var root = JsonNode.Parse(File.ReadAllText(core.ConfigurationPath))!;
        root["inbounds"]![1]!["streamSettings"]!["realitySettings"] = new JsonObject();
        File.WriteAllText(core.ConfigurationPath, root.ToJsonString());

        await using var host = await VpnHost.StartAsync(core, new RunningHostOptions().With(CoreSettings.BinaryPath, "/usr/bin/v2ray"));
        await LineAsync(host, "One restart of the core is due");

        File.ReadAllText(core.ConfigurationPath).ShouldContain("7bb45050");
    }

    private Task<VpnHost> StartAsync(FakeXray xray) =>
        VpnHost.StartAsync(
            options: new RunningHostOptions().With(CoreSettings.BinaryPath, xray.Path).With(CoreSettings.ConfigurationPath, Path)
        );

    private static async Task<LoggedLine> LineAsync(VpnHost host, string text)
    {
        await Eventually.IsTrueAsync(
            () => host.Host.Logs.Any(line => line.Text.Contains(text, StringComparison.Ordinal)),
            $"no line: {text}"
        );

        return host.Host.Logs.Single(line => line.Text.Contains(text, StringComparison.Ordinal));
    }
}
