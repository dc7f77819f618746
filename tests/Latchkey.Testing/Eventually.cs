using Shouldly;

namespace Latchkey.Testing;

/// <summary>Waits for what another thread or process does; for as long as it needs, within a bound.</summary>
public static class Eventually
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    public static async Task IsTrueAsync(Func<Task<bool>> condition, string? otherwise = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var looks = new PeriodicTimer(BetweenLooks);

        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(Longest, otherwise ?? "it did not come true");
            await looks.WaitForNextTickAsync();
        }
    }

    public static Task IsTrueAsync(Func<bool> condition, string? otherwise = null) =>
        IsTrueAsync(() => Task.FromResult(condition()), otherwise);
}
