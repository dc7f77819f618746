namespace Latchkey.Generation.Generations;

/// <summary>How long to wait between looks: ever longer, and never exactly, so that jobs that came together do not look together.</summary>
internal static class PollSchedule
{
    private static readonly int[] Seconds = [2, 3, 5, 8, 13, 20, 30];

    public static TimeSpan After(int looks) => TimeSpan.FromSeconds(Seconds[Math.Clamp(looks, 0, Seconds.Length - 1)]);

    public static TimeSpan AtLeast(TimeSpan wait, int looks) => wait > After(looks) ? wait : After(looks);

    /// <summary>Up to a tenth more: a provider's Retry-After is never undercut.</summary>
    public static TimeSpan Jitter(TimeSpan wait) => wait * (1 + Random.Shared.NextDouble() / 10);
}
