using System.Diagnostics;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Running;

/// <summary>Asks a process in the outside world until it is where the test wants it. There is no clock to turn in there.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task TrueAsync(Func<Task<bool>> ask, TimeSpan longest, Func<string> complaint) =>
        await BecomesAsync(ask, answer => answer, longest, complaint);

    /// <returns>The first answer that is good.</returns>
    public static async Task<T> BecomesAsync<T>(Func<Task<T>> ask, Func<T, bool> isGood, TimeSpan longest, Func<string>? complaint = null)
    {
        var began = Stopwatch.GetTimestamp();
        using var pauses = new PeriodicTimer(Pause);

        while (true)
        {
            var answer = await ask();

            if (isGood(answer))
                return answer;

            if (Stopwatch.GetElapsedTime(began) > longest)
                Assert.Fail(complaint?.Invoke() ?? $"After {longest.TotalSeconds} s it is still {answer}.");

            await pauses.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
