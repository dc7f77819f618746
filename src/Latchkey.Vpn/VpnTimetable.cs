using Latchkey.Platform.Cluster;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Events;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Metrics;
using Latchkey.Vpn.Nodes;
using Latchkey.Vpn.Telegram;
using Latchkey.Vpn.Traffic;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Vpn;

/// <summary>The module's recurring work.</summary>
internal static class VpnTimetable
{
    public static IReadOnlyList<ScheduledWork> Works { get; } =
    [
        new("vpn.cores", CoreSchedule.Round, (at, _) => at.GetRequiredService<VpnCores>().WakeAsync()),
        new("vpn.keys", TimeSpan.FromSeconds(5), (at, cancellation) => at.GetRequiredService<KeyWatch>().RunAsync(cancellation)),
        new(
            "vpn.traffic-resets",
            TimeSpan.FromSeconds(30),
            (at, cancellation) => at.GetRequiredService<TrafficReset>().ResetDueAsync(cancellation)
        ),
        new(
            "vpn.device-limits",
            TimeSpan.FromSeconds(15),
            (at, cancellation) => at.GetRequiredService<DeviceLimits>().EnforceAsync(cancellation)
        ),
        new(
            "vpn.traffic-history",
            TimeSpan.FromHours(1),
            (at, cancellation) => at.GetRequiredService<TrafficHistory>().RemoveOldAsync(cancellation)
        ),
        new("vpn.metrics", TimeSpan.FromSeconds(15), (at, cancellation) => at.GetRequiredService<MetricsWatch>().ReadAsync(cancellation)),
        new("vpn.key-requests", TimeSpan.FromHours(1), RemoveOldRequestsAsync),
        // It lasts until its node stops: the sweep, of which there is one in the cluster, then begins it on another.
        new(
            "vpn.telegram",
            TimeSpan.FromSeconds(5),
            (at, cancellation) => at.GetService<BotPolling>()?.RunAsync(cancellation) ?? Task.CompletedTask
        ),
    ];

    private static async Task RemoveOldRequestsAsync(IServiceProvider at, CancellationToken cancellation)
    {
        var old = at.GetRequiredService<TimeProvider>().GetUtcNow() - KeyCreation.Remembered;

        await at.GetRequiredService<VpnDb>().Requests.Where(request => request.CreatedAt <= old).ExecuteDeleteAsync(cancellation);
    }
}
