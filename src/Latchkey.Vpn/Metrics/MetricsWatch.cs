using Latchkey.Platform.Settings;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Nodes;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Metrics;

/// <summary>Reads what the gauges show, from time to time: a scrape must neither wait for a database nor for a core.</summary>
internal sealed class MetricsWatch(VpnDb db, VpnCores cores, VpnMetrics metrics, LatchkeySettings settings, TimeProvider time)
{
    public async Task ReadAsync(CancellationToken cancellation)
    {
        var keys = await CountKeysAsync(cancellation);
        var removals = await db
            .Removals.Where(row => row.ConfirmedAt == null)
            .GroupBy(row => row.Node)
            .Select(rows => new { Node = rows.Key, Count = rows.Count() })
            .ToDictionaryAsync(rows => rows.Node, rows => rows.Count, cancellation);
        var nodes = (await cores.GetStatusAsync()).Select(core => new NodeReading(
            core.Node.Name,
            core.Status.IsUp,
            core.Status.Users,
            Math.Max(0, keys[KeyState.Active] - core.Status.Users) + removals.GetValueOrDefault(core.Node.Name),
            core.Status.Failure is not null
        ));

        metrics.Show(new MetricsReading(time.GetUtcNow(), keys, [.. nodes], await ReadTrafficAsync(cancellation)));
    }

    private async Task<IReadOnlyDictionary<KeyState, int>> CountKeysAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var counts = new Dictionary<KeyState, int>();

        foreach (var state in Enum.GetValues<KeyState>().Where(state => state != KeyState.Active))
            counts[state] = await db.Keys.CountAsync(KeyStates.Is(state, now), cancellation);

        // A key is in one state, and few are in another than this one.
        counts[KeyState.Active] = Math.Max(0, await db.Keys.CountAsync(cancellation) - counts.Values.Sum());

        return counts;
    }

    private async Task<IReadOnlyList<TrafficReading>> ReadTrafficAsync(CancellationToken cancellation) =>
        settings.Boolean(VpnSettings.KeyMetrics)
            ? await db
                .Traffic.AsNoTracking()
                .Where(row => row.UsedAt != null)
                .Select(row => new TrafficReading(row.KeyId, row.Upload, row.Download))
                .ToListAsync(cancellation)
            : [];
}
