using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Latchkey.Testing;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Metrics;
using Latchkey.Vpn.Tests.Running;
using Latchkey.Vpn.Traffic;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Metrics;

[Collection(SharedVpnHostTests.Name)]
public partial class VpnMetricsTests(SharedVpnHost shared)
{
    // OpenTelemetry's own limit is 2,000 values, and each key has two.
    private const int Keys = 1_100;

    [Fact]
    public async Task Can_read_keys_cores_and_traffic()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var host = await VpnHost.StartAsync(
            options: new RunningHostOptions { Time = clock }.With(VpnSettings.KeyMetrics, "true")
        );
        await host.CreateKeyAsync();
        await host.CreateKeyAsync("""{"is_active": false}""");
        await host.CreateKeyAsync("""{"expires_at": 1000000000}""");
        var used = (long)(await host.CreateKeyAsync("""{"data_limit": 100}"""))["key_id"]!;
        await host.SendAsync(HttpMethod.Delete, $"/api/keys/{(await host.CreateKeyAsync())["key_id"]}");
        using var meter = new ReadMeter(host);
        await UseAsync(host, used, upload: 40, download: 60);
        await ReadAsync(host);

        var values = meter.Read();

        values["latchkey.vpn.keys state=active"].ShouldBe(1);
        values["latchkey.vpn.keys state=paused"].ShouldBe(1);
        values["latchkey.vpn.keys state=expired"].ShouldBe(1);
        values["latchkey.vpn.keys state=limited"].ShouldBe(1);
        values["latchkey.vpn.keys state=blocked"].ShouldBe(0);
        values["latchkey.vpn.core.up node=main"].ShouldBe(0);
        values["latchkey.vpn.core.users node=main"].ShouldBe(0);
        // One to be let in, and one to be let go.
        values["latchkey.vpn.core.pending node=main"].ShouldBe(2);
        values.ShouldContainKey("latchkey.vpn.core.failed node=main");
        values["latchkey.vpn.traffic node=main direction=up"].ShouldBe(40);
        values["latchkey.vpn.traffic node=main direction=down"].ShouldBe(60);
        values[$"latchkey.vpn.key.traffic key_id={used} direction=up"].ShouldBe(40);
        values[$"latchkey.vpn.key.traffic key_id={used} direction=down"].ShouldBe(60);

        // What was read long ago, and perhaps on another node since, is not shown.
        Metrics(host).Show(new MetricsReading(clock.GetUtcNow() - TimeSpan.FromMinutes(2), new Dictionary<KeyState, int>(), [], []));
        meter.Read().Keys.ShouldNotContain(name => name.StartsWith("latchkey.vpn.core", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Can_scrape_the_sums_and_no_single_key_unless_asked()
    {
        var host = shared.Host;
        var id = (long)(await host.CreateKeyAsync())["key_id"]!;
        await UseAsync(host, id, upload: 7, download: 8);
        using var meter = new ReadMeter(host);
        await ReadAsync(host);

        var scraped = await host.Host.Client.GetStringAsync("/metrics");

        scraped.ShouldContain("latchkey_vpn_keys{");
        scraped.ShouldContain("latchkey_vpn_core_up{");
        scraped.ShouldContain("latchkey_vpn_traffic_bytes_total{");
        meter.Read().Keys.ShouldNotContain(name => name.Contains("key_id", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Can_scrape_more_keys_than_a_metric_may_have_values_by_itself()
    {
        await using var host = await VpnHost.StartAsync(options: new RunningHostOptions().With(VpnSettings.KeyMetrics, "true"));
        await using (var scope = host.Host.Services.CreateAsyncScope())
            await scope
                .ServiceProvider.GetRequiredService<KeyCreation>()
                .CreateAsync([.. Enumerable.Repeat(KeyTerms.None, Keys)], null, TestContext.Current.CancellationToken);
        await host
            .Host.Services.GetRequiredService<TrafficWriter>()
            .WriteAsync(
                "main",
                [.. Enumerable.Range(1, Keys).Select(id => new TrafficGrowth(id, new UserCounters(7, 8), 7, 8))],
                TestContext.Current.CancellationToken
            );
        await ReadAsync(host);

        var scraped = await host.Host.Client.GetStringAsync("/metrics");

        Series().Count(scraped).ShouldBeGreaterThanOrEqualTo(2 * Keys);
        scraped.ShouldNotContain("otel_metric_overflow");
    }

    [GeneratedRegex("^latchkey_vpn_key_traffic_bytes_total{.*key_id=", RegexOptions.Multiline)]
    private static partial Regex Series();

    private static Task UseAsync(VpnHost host, long keyId, long upload, long download) =>
        host
            .Host.Services.GetRequiredService<TrafficWriter>()
            .WriteAsync(
                "main",
                [new TrafficGrowth(keyId, new UserCounters(upload, download), upload, download)],
                TestContext.Current.CancellationToken
            );

    private static async Task ReadAsync(VpnHost host)
    {
        await using var scope = host.Host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<MetricsWatch>().ReadAsync(TestContext.Current.CancellationToken);
    }

    private static VpnMetrics Metrics(VpnHost host) => host.Host.Services.GetRequiredService<VpnMetrics>();

    /// <summary>Listens to the meter of one server alone: other tests' servers have meters of the same name.</summary>
    private sealed class ReadMeter : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Dictionary<string, long> _counters = [];
        private Dictionary<string, long> _gauges = [];

        public ReadMeter(VpnHost host)
        {
            var scope = host.Host.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == VpnMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, scope))
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
            _listener.Start();
        }

        public Dictionary<string, long> Read()
        {
            _gauges = [];
            _listener.RecordObservableInstruments();

            return _gauges.Concat(_counters).ToDictionary(pair => pair.Key, pair => pair.Value);
        }

        public void Dispose() => _listener.Dispose();

        private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var name = instrument.Name;

            foreach (var (tag, text) in tags)
                name += $" {tag}={text}";

            if (instrument.IsObservable)
                _gauges[name] = value;
            else
                _counters[name] = _counters.GetValueOrDefault(name) + value;
        }
    }
}
