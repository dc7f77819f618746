using Latchkey.Vpn.Keys;

namespace Latchkey.Vpn.Metrics;

/// <summary>What the gauges show until the next reading.</summary>
/// <param name="Traffic">Of each key that was ever used; empty when that is not asked for.</param>
internal sealed record MetricsReading(
    DateTimeOffset At,
    IReadOnlyDictionary<KeyState, int> Keys,
    IReadOnlyList<NodeReading> Nodes,
    IReadOnlyList<TrafficReading> Traffic
);

/// <param name="Users">How many keys the core is known to let in.</param>
/// <param name="Pending">How many keys it has still to be told of.</param>
/// <param name="HasFailed">Whether it is not as it should be.</param>
internal sealed record NodeReading(string Node, bool IsUp, int Users, int Pending, bool HasFailed);

/// <summary>Bytes since the last reset.</summary>
internal sealed record TrafficReading(long KeyId, long Upload, long Download);
