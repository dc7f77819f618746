using Latchkey.Platform.Settings;
using Latchkey.Vpn.Core;

namespace Latchkey.Vpn.Nodes;

/// <summary>How often what is done with a core.</summary>
internal sealed record CoreSchedule(TimeSpan BetweenTraffic)
{
    /// <summary>How often the timetable wakes each node's grain: after a core's start its users are back within this.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    // A core that can list its users is asked every minute; one that cannot is told everything again, which costs more.
    private static readonly TimeSpan BetweenListings = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenRepetitions = TimeSpan.FromMinutes(10);

    public static TimeSpan BetweenReconciles(CoreKind kind) => kind == CoreKind.Xray ? BetweenListings : BetweenRepetitions;

    public static CoreSchedule From(LatchkeySettings settings) => new(TimeSpan.FromSeconds(settings.Integer(CoreSettings.TrafficSeconds)));
}
