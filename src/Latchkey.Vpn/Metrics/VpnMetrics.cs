using System.Diagnostics.Metrics;
using System.Globalization;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Traffic;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Latchkey.Vpn.Metrics;

/// <summary>
/// The module's meter. The gauges show the last reading, on the node that does the recurring work; when that moves elsewhere, they show
/// nothing here.
/// </summary>
internal sealed class VpnMetrics
{
    public const string MeterName = "Latchkey.Vpn";

    private const string KeyTraffic = "latchkey.vpn.key.traffic";

    // Two directions of 100,000 keys. OpenTelemetry takes the memory for all of them at once, so only where they are asked for.
    private const int MostKeyValues = 200_000;

    private static readonly TimeSpan Valid = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly Counter<long> _traffic;
    private volatile MetricsReading? _last;

    public VpnMetrics(IMeterFactory meters, LatchkeySettings settings, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(MeterName);

        _traffic = meter.CreateCounter<long>("latchkey.vpn.traffic", "By", "Traffic of all keys since the start of the server.");
        meter.CreateObservableGauge("latchkey.vpn.keys", ObserveKeys, description: "Keys by state.");
        Observe(meter, "latchkey.vpn.core.up", node => node.IsUp ? 1 : 0, "Whether the core answers.");
        Observe(meter, "latchkey.vpn.core.failed", node => node.HasFailed ? 1 : 0, "Whether the core is not as it should be.");
        Observe(meter, "latchkey.vpn.core.users", node => node.Users, "Keys that the core is known to let in.");
        Observe(meter, "latchkey.vpn.core.pending", node => node.Pending, "Keys that the core has still to be told of.");

        if (settings.Boolean(VpnSettings.KeyMetrics))
            meter.CreateObservableCounter(KeyTraffic, ObserveTraffic, "By", "Traffic of a key since its last reset.");
    }

    public static void Add(IServiceCollection services, LatchkeySettings settings)
    {
        services.AddSingleton<VpnMetrics>();
        services.AddScoped<MetricsWatch>();

        if (settings.Boolean(VpnSettings.KeyMetrics))
            services.ConfigureOpenTelemetryMeterProvider(metrics =>
                metrics.AddView(KeyTraffic, new MetricStreamConfiguration { CardinalityLimit = MostKeyValues })
            );
    }

    public void Show(MetricsReading reading) => _last = reading;

    /// <summary>What a core's keys have used since they were last looked at.</summary>
    public void Count(string node, IReadOnlyList<TrafficGrowth> growth)
    {
        _traffic.Add(growth.Sum(one => one.Upload), new("node", node), new("direction", "up"));
        _traffic.Add(growth.Sum(one => one.Download), new("node", node), new("direction", "down"));
    }

    private void Observe(Meter meter, string name, Func<NodeReading, int> value, string description) =>
        meter.CreateObservableGauge(
            name,
            () =>
                (Current()?.Nodes ?? []).Select(node => new Measurement<int>(
                    value(node),
                    new KeyValuePair<string, object?>("node", node.Node)
                )),
            description: description
        );

    private IEnumerable<Measurement<int>> ObserveKeys() =>
        (Current()?.Keys ?? new Dictionary<KeyState, int>()).Select(state => new Measurement<int>(
            state.Value,
            new KeyValuePair<string, object?>("state", state.Key.Word())
        ));

    private IEnumerable<Measurement<long>> ObserveTraffic()
    {
        foreach (var key in Current()?.Traffic ?? [])
        {
            var id = key.KeyId.ToString(CultureInfo.InvariantCulture);

            yield return new Measurement<long>(key.Upload, new("key_id", id), new("direction", "up"));
            yield return new Measurement<long>(key.Download, new("key_id", id), new("direction", "down"));
        }
    }

    private MetricsReading? Current() => _last is { } last && last.At + Valid > _time.GetUtcNow() ? last : null;
}
