namespace Latchkey.Generation.Usage;

/// <summary>A row of <c>generation_usage</c>: what one owner had of one model and provider on one day (UTC). Counted up as jobs end.</summary>
internal sealed class UsageDay
{
    private UsageDay() { }

    /// <summary>Such as <c>20261125</c>.</summary>
    public int Day { get; private set; }

    public string OwnerId { get; private set; } = "";
    public string ModelId { get; private set; } = "";
    public string Provider { get; private set; } = "";
    public long Succeeded { get; private set; }
    public long Failed { get; private set; }
    public long Cancelled { get; private set; }

    /// <summary>Spent on what was delivered.</summary>
    public long Credits { get; private set; }

    /// <summary>From order to end, of those that succeeded.</summary>
    public long Milliseconds { get; private set; }

    public static int Of(DateTimeOffset time) => time.UtcDateTime is var day ? day.Year * 10_000 + day.Month * 100 + day.Day : 0;
}
