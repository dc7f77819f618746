namespace Latchkey.Platform.Webhooks;

/// <summary>When a failed webhook is tried again: three times at 3 s, as api.video does, then ever more seldom for a day.</summary>
internal static class RetrySchedule
{
    public static readonly TimeSpan Quick = TimeSpan.FromSeconds(3);

    private const int QuickRetries = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(6);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(24);

    /// <returns><c>null</c>: not again.</returns>
    public static DateTimeOffset? Next(int attempts, DateTimeOffset createdAt, DateTimeOffset now)
    {
        if (attempts <= QuickRetries)
            return now + Quick;

        // 1, 4, 16, 64, 256 minutes, then six hours.
        var pause = FirstPause * Math.Pow(4, Math.Min(attempts - QuickRetries - 1, 10));
        var next = now + (pause < LongestPause ? pause : LongestPause);

        return next <= createdAt + GiveUpAfter ? next : null;
    }
}
