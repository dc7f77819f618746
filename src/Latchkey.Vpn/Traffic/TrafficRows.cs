namespace Latchkey.Vpn.Traffic;

/// <summary>What a core's counters of one key stood at when they were last added on.</summary>
internal sealed class SeenCounters
{
    private SeenCounters() { }

    public string Node { get; private set; } = "";
    public long KeyId { get; private set; }
    public long Upload { get; private set; }
    public long Download { get; private set; }
}

/// <summary>Traffic of one key in one hour.</summary>
internal sealed class HourTraffic
{
    private HourTraffic() { }

    public long KeyId { get; private set; }

    /// <summary>Its beginning.</summary>
    public DateTimeOffset At { get; private set; }

    public long Upload { get; private set; }
    public long Download { get; private set; }
}

/// <summary>Traffic of one key in one day (UTC) whose hours are not kept any more.</summary>
internal sealed class DayTraffic
{
    private DayTraffic() { }

    public long KeyId { get; private set; }

    /// <summary>Its beginning.</summary>
    public DateTimeOffset At { get; private set; }

    public long Upload { get; private set; }
    public long Download { get; private set; }
}
