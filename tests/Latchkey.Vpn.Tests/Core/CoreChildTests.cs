using System.Diagnostics;
using System.Globalization;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Core;

/// <summary>The core as our child (<c>VPN_RUN_CORE</c>).</summary>
public sealed class CoreChildTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder _logs = new();
    private readonly CancellationTokenSource _stopping = new();

    private string Configuration => _folder.File("config.json");

    public void Dispose()
    {
        _stopping.Dispose();
        _logs.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Can_run_the_real_core_bring_it_back_and_end_it_with_the_server()
    {
        await using var core = RealCore.Prepare();
        int second;

        await using (var host = await StartAsync(core))
        {
            var child = host.Host.Services.GetRequiredService<CoreChild>();
            var first = await RunningAsync(child, other: null);
            var uuid = (string)(await host.CreateKeyAsync())["uuid"]!;
            await Eventually.IsTrueAsync(() => core.IsUserAsync(uuid), "the core has no user");

            Process.GetProcessById(first).Kill();
            second = await RunningAsync(child, first);

            await Eventually.IsTrueAsync(() => core.IsUserAsync(uuid), "the user did not come back");
            host.Host.Logs.ShouldContain(line => line.Text.Contains("/usr/bin/v2ray ended with exit code 137"));
        }

        Directory.Exists($"/proc/{second}").ShouldBeFalse();
        (await RealCore.IsOpenAsync(core.ApiPort)).ShouldBeFalse();
    }

    [Fact]
    public async Task Can_start_a_core_that_ends_again_after_growing_pauses()
    {
        File.WriteAllText(Configuration, "{}");
        using var xray = new FakeXray("exit 1");
        var running = RunAsync(xray);

        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 30, 30 })
            await PassAsync(xray, TimeSpan.FromSeconds(seconds));

        xray.Calls.ShouldAllBe(call => call == $"run -config {Configuration}");
        await _stopping.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Can_start_it_again_at_once_when_it_ran_for_long()
    {
        File.WriteAllText(Configuration, "{}");
        using var xray = new FakeXray("exec sleep 600");
        var child = Child(xray);
        var running = child.RunAsync(_stopping.Token);
        var last = await RunningAsync(child, other: null);

        foreach (var pause in new[] { 1, 2, 4, 8 })
            last = await EndAsync(child, last, pause);

        _time.Advance(TimeSpan.FromMinutes(2));
        await EndAsync(child, last, 1);
        await _stopping.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Can_wait_for_a_configuration_file_and_say_so_once()
    {
        using var xray = new FakeXray("exec sleep 600");
        var child = Child(xray);
        var running = child.RunAsync(_stopping.Token);
        await Eventually.IsTrueAsync(() => _logs.Lines.Count > 0);

        for (var round = 0; round < 5; round++)
            _time.Advance(TimeSpan.FromSeconds(30));

        _logs.Lines.Single().Text.ShouldContain($"there is no configuration file {Configuration}; `latchkey vpn configure` makes one");
        File.WriteAllText(Configuration, "{}");
        await Eventually.IsTrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            return child.ProcessId is not null;
        });
        await _stopping.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Can_end_a_core_that_does_not_want_to()
    {
        File.WriteAllText(Configuration, "{}");
        using var xray = new FakeXray("trap '' TERM; echo trapped; while true; do sleep 1; done");
        var child = Child(xray);
        var running = child.RunAsync(_stopping.Token);
        var processId = await RunningAsync(child, other: null);
        await Eventually.IsTrueAsync(() => _logs.Lines.Any(line => line.Text == "The core says: trapped"));

        await _stopping.CancelAsync();
        await running;

        Directory.Exists($"/proc/{processId}").ShouldBeFalse();
    }

    [Fact]
    public async Task Can_pass_on_what_it_says_without_secrets()
    {
        File.WriteAllText(Configuration, "{}");
        using var xray = new FakeXray(
            $"echo 'plain'; echo '[Warning] odd {RealityConfiguration.StrangerId}'; echo 'privateKey: {RealityConfiguration.PrivateKey}' >&2; exec sleep 600"
        );
        var running = RunAsync(xray);

        await Eventually.IsTrueAsync(() =>
            _logs.Lines.Count(line => line.Text.StartsWith("The core says: ", StringComparison.Ordinal)) == 3
        );
        await _stopping.CancelAsync();
        await running;

        _logs.Lines.ShouldContain(line => line.Level == LogLevel.Information && line.Text == "The core says: plain");
        _logs.Lines.ShouldContain(line => line.Level == LogLevel.Warning && line.Text == "The core says: [Warning] odd …");
        _logs.Lines.ShouldContain(line => line.Text == "The core says: privateKey: …");
    }

    private static Task<VpnHost> StartAsync(RealCore core) =>
        VpnHost.StartAsync(
            core,
            new RunningHostOptions().With(CoreSettings.RunsCore, "true").With(CoreSettings.BinaryPath, "/usr/bin/v2ray")
        );

    private CoreChild Child(FakeXray xray)
    {
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(_logs));

        return new CoreChild(xray.Settings((CoreSettings.ConfigurationPath, Configuration)), _time, factory.CreateLogger<CoreChild>());
    }

    private Task RunAsync(FakeXray xray) => Child(xray).RunAsync(_stopping.Token);

    private static async Task<int> RunningAsync(CoreChild child, int? other)
    {
        await Eventually.IsTrueAsync(() => child.ProcessId is { } id && id != other, "the core does not run");

        return child.ProcessId!.Value;
    }

    /// <summary>It is not started before the pause is over.</summary>
    private async Task PassAsync(FakeXray xray, TimeSpan pause)
    {
        var calls = await WaitingAsync(() => xray.Calls.Count);
        _time.Advance(pause - TimeSpan.FromMilliseconds(1));
        xray.Calls.Count.ShouldBe(calls);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Eventually.IsTrueAsync(() => xray.Calls.Count == calls + 1, $"it was not started again after {pause}");
    }

    private async Task<int> EndAsync(CoreChild child, int processId, int pause)
    {
        Process.GetProcessById(processId).Kill();
        await WaitingAsync(() => 0);
        _logs.Lines[^1].Text.ShouldEndWith(string.Create(CultureInfo.InvariantCulture, $"The next try is in {pause} s"));
        _time.Advance(TimeSpan.FromSeconds(pause));

        return await RunningAsync(child, processId);
    }

    private int _complaints;

    /// <summary>Until it has ended once more, and waits for its next start.</summary>
    private async Task<int> WaitingAsync(Func<int> result)
    {
        _complaints++;
        await Eventually.IsTrueAsync(() => _logs.Lines.Count(line => line.Text.Contains("The next try is in")) == _complaints);

        return result();
    }
}
