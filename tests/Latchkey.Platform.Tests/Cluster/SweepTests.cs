using System.Collections.Concurrent;
using Latchkey.Platform.Cluster;
using Latchkey.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Cluster;

public sealed class SweepTests
{
    private static readonly TimeSpan AnHour = TimeSpan.FromHours(1);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Can_run_work_at_the_start_and_when_it_is_due()
    {
        var runs = new ConcurrentQueue<DateTimeOffset>();
        await using var host = await StartAsync(new ScheduledWork("hourly", AnHour, (_, _) => Note(runs)));

        await Eventually.IsTrueAsync(() => runs.Count == 1);

        for (var minute = 0; minute < 59; minute++)
            _time.Advance(TimeSpan.FromMinutes(1));

        // A ping that was lost with the clock's jumps comes again with the next second.
        await Eventually.IsTrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return runs.Count == 2;
        });

        var times = runs.ToArray();
        (times[1] - times[0]).ShouldBeGreaterThanOrEqualTo(AnHour);
        host.AssertNoWarningsLogged();
    }

    [Fact]
    public async Task Can_go_on_after_work_failed()
    {
        var runs = new ConcurrentQueue<DateTimeOffset>();
        var others = new ConcurrentQueue<DateTimeOffset>();

        await using var host = await StartAsync(
            new ScheduledWork("failing", TimeSpan.FromSeconds(1), (_, _) => Note(runs, new InvalidOperationException("on purpose"))),
            new ScheduledWork("other", TimeSpan.FromSeconds(1), (_, _) => Note(others))
        );

        await Eventually.IsTrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return runs.Count > 2 && others.Count > 2;
        });
        host.Logs.ShouldContain(line =>
            line.Level == LogLevel.Error && line.Text.Contains("failing") && line.Failure!.Message == "on purpose"
        );
    }

    [Fact]
    public async Task Cannot_run_the_same_work_twice_at_once()
    {
        var release = new TaskCompletionSource();
        var slow = new ConcurrentQueue<DateTimeOffset>();
        var quick = new ConcurrentQueue<DateTimeOffset>();

        await using var host = await StartAsync(
            new ScheduledWork(
                "slow",
                TimeSpan.FromSeconds(1),
                async (_, cancellation) =>
                {
                    slow.Enqueue(_time.GetUtcNow());
                    await release.Task.WaitAsync(cancellation);
                }
            ),
            new ScheduledWork("quick", TimeSpan.FromSeconds(1), (_, _) => Note(quick))
        );

        await Eventually.IsTrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return quick.Count > 5;
        });
        slow.Count.ShouldBe(1);

        release.SetResult();
        await Eventually.IsTrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return slow.Count > 1;
        });
    }

    [Fact]
    public async Task Can_stop_while_work_is_running()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();

        await using (
            await StartAsync(
                new ScheduledWork(
                    "endless",
                    AnHour,
                    async (_, cancellation) =>
                    {
                        cancellation.Register(cancelled.SetResult);
                        started.SetResult();
                        await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
                    }
                )
            )
        )
            await started.Task.WaitAsync(TimeSpan.FromSeconds(30));

        cancelled.Task.IsCompletedSuccessfully.ShouldBeTrue();
    }

    private Task<RunningHost> StartAsync(params ScheduledWork[] works) =>
        RunningHost.StartAsync(
            new RunningHostOptions
            {
                Time = _time,
                Adjust = builder => builder.Services.Replace(ServiceDescriptor.Singleton(new Timetable(works))),
            }
        );

    private Task Note(ConcurrentQueue<DateTimeOffset> runs, Exception? failure = null)
    {
        runs.Enqueue(_time.GetUtcNow());

        return failure is null ? Task.CompletedTask : Task.FromException(failure);
    }
}
