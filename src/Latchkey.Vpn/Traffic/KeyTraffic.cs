using Latchkey.Vpn.Keys;

namespace Latchkey.Vpn.Traffic;

/// <summary>What a key has used since its last reset. Only the work on traffic writes it.</summary>
internal sealed class KeyTraffic
{
    private KeyTraffic() { }

    public long KeyId { get; private set; }

    /// <summary>Bytes from the client to the server.</summary>
    public long Upload { get; private set; }

    /// <summary>Bytes from the server to the client.</summary>
    public long Download { get; private set; }

    public long Total => Upload + Download;

    /// <summary>When the figures were last brought up to date, or reset.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>When traffic last grew.</summary>
    public DateTimeOffset? UsedAt { get; private set; }

    /// <summary>What the periods of resets are counted from.</summary>
    public DateTimeOffset PeriodAnchor { get; private set; }

    public DateTimeOffset? NextResetAt { get; private set; }

    /// <summary>The end of a time-out for too many devices.</summary>
    public DateTimeOffset? BlockedUntil { get; private set; }

    /// <summary>What the webhooks have been told last.</summary>
    public KeyNotice Notice { get; private set; }

    public static KeyTraffic Begin(DateTimeOffset now) => new() { UpdatedAt = now, PeriodAnchor = now };

    /// <summary>Back to zero; what the cores have counted so far is not counted again.</summary>
    public void Reset(DateTimeOffset now)
    {
        (Upload, Download, UpdatedAt) = (0, 0, now);

        if (Notice is KeyNotice.LimitNear or KeyNotice.LimitReached)
            Notice = KeyNotice.None;
    }

    public void PlanReset(ResetPeriod period, DateTimeOffset now)
    {
        PeriodAnchor = now;
        NextResetAt = period.Next(PeriodAnchor, now);
    }

    /// <summary>The reset that was due, and the next one.</summary>
    public void ResetPeriodically(ResetPeriod period, DateTimeOffset now)
    {
        Reset(now);
        NextResetAt = period.Next(PeriodAnchor, now);
    }

    public void Block(DateTimeOffset until) => BlockedUntil = until;

    public void Tell(KeyNotice notice) => Notice = notice;

    /// <summary>Figures that another system kept.</summary>
    public void TakeOver(long upload, long download) => (Upload, Download) = (upload, download);
}

/// <summary>What the operator has been told of a key, so that it is told once.</summary>
internal enum KeyNotice
{
    None,
    LimitNear,
    LimitReached,
    Expired,
}
