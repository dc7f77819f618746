using Latchkey.Platform.Webhooks;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Webhooks;

public sealed class RetryScheduleTests
{
    [Fact]
    public void Can_retry_three_times_at_once_and_then_for_a_day()
    {
        var created = DateTimeOffset.UnixEpoch;
        var (now, pauses) = (created, new List<double>());

        for (var attempts = 1; RetrySchedule.Next(attempts, created, now) is { } next; attempts++)
        {
            pauses.Add((next - now).TotalSeconds);
            now = next;
        }

        pauses.ShouldBe([3, 3, 3, 60, 240, 960, 3840, 15360, 21600, 21600, 21600]);
        (now - created).ShouldBeLessThan(TimeSpan.FromDays(1));
    }
}
