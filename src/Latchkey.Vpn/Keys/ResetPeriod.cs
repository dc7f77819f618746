namespace Latchkey.Vpn.Keys;

/// <summary>When a key's traffic starts again at zero.</summary>
internal enum ResetPeriod
{
    Never,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

internal static class ResetPeriods
{
    /// <summary>The first end of a period after <paramref name="now"/>, counted from <paramref name="anchor"/>; <c>null</c> for never.</summary>
    public static DateTimeOffset? Next(this ResetPeriod period, DateTimeOffset anchor, DateTimeOffset now)
    {
        switch (period)
        {
            case ResetPeriod.Daily:
                return After(anchor, now, TimeSpan.FromDays(1));
            case ResetPeriod.Weekly:
                return After(anchor, now, TimeSpan.FromDays(7));
            case ResetPeriod.Monthly:
                return AfterMonths(anchor, now, 1);
            case ResetPeriod.Yearly:
                return AfterMonths(anchor, now, 12);
            default:
                return null;
        }
    }

    private static DateTimeOffset After(DateTimeOffset anchor, DateTimeOffset now, TimeSpan length) =>
        now < anchor ? anchor + length : anchor + length * (Math.Floor((now - anchor) / length) + 1);

    /// <summary>Always from the anchor, so that what began on the 31st comes back to the 31st after a short month.</summary>
    private static DateTimeOffset AfterMonths(DateTimeOffset anchor, DateTimeOffset now, int months)
    {
        var periods = Math.Max(0, ((now.Year - anchor.Year) * 12 + now.Month - anchor.Month) / months - 1);
        var next = anchor.AddMonths(periods * months);

        while (next <= now)
            next = anchor.AddMonths(++periods * months);

        return next;
    }
}
