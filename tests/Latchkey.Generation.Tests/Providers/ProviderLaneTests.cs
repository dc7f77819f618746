using Latchkey.Generation.Models;
using Latchkey.Generation.Providers;
using Latchkey.Platform.Settings;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Providers;

public class ProviderLaneTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>However tasks come, no window of ten seconds has more than twenty.</summary>
    [Fact]
    public void Cannot_send_more_than_the_provider_allows_in_any_window()
    {
        var lane = new ProviderLane(() => new ProviderLimits(20, 10, 10_000));
        var sent = new List<DateTimeOffset>();

        for (var task = 0; task < 100; task++)
        {
            var admission = lane.Enter("job", hasTurn: false, Now);
            sent.Add(Now + admission.Wait);
        }

        foreach (var at in sent)
            sent.Count(other => other >= at && other < at.AddSeconds(10)).ShouldBeLessThanOrEqualTo(20);

        sent.Max().ShouldBeLessThan(Now.AddSeconds(70));
    }

    [Fact]
    public void Can_hold_back_what_would_be_too_many_at_once()
    {
        var lane = new ProviderLane(() => new ProviderLimits(1000, 1, 2));

        lane.Enter("job", false, Now).IsOpen.ShouldBeTrue();
        lane.Enter("job", false, Now).IsOpen.ShouldBeTrue();
        lane.Enter("job", false, Now).IsOpen.ShouldBeFalse();
        lane.Leave();
        lane.Enter("job", false, Now).IsOpen.ShouldBeTrue();
    }

    [Fact]
    public void Can_tell_who_has_waited_longest_for_a_place()
    {
        var lane = new ProviderLane(() => new ProviderLimits(1000, 1, 1));
        lane.Enter("inside", false, Now).IsOpen.ShouldBeTrue();

        foreach (var job in (string[])["first", "gives up", "second", "first"])
            lane.Enter(job, false, Now).IsOpen.ShouldBeFalse();

        lane.Forget("gives up");

        lane.Leave().ShouldBe("first");
        lane.Enter("first", false, Now).IsOpen.ShouldBeTrue();
        lane.Leave().ShouldBe("second");
        lane.Leave().ShouldBeNull();
    }

    [Fact]
    public void Cannot_give_a_place_to_a_job_that_has_one_at_another_key()
    {
        var woken = new List<string>();
        var catalogue = new ModelCatalogue(new LatchkeySettings(new Dictionary<string, string>()), NullLogger<ModelCatalogue>.Instance);
        var lanes = new ProviderLanes(catalogue, woken.Add);
        var (one, other) = (new ProviderKey("kie", "a", ""), new ProviderKey("kie", "b", ""));

        for (var task = 0; task < catalogue.Current.Providers["kie"].Concurrent; task++)
            lanes.Choose([one], $"{task}", hasTurn: true, Now).Admission.IsOpen.ShouldBeTrue();

        lanes.Choose([one], "late", hasTurn: true, Now).Admission.IsOpen.ShouldBeFalse();
        lanes.Choose([one, other], "late", hasTurn: true, Now).Admission.IsOpen.ShouldBeTrue();
        lanes.Choose([one], "later", hasTurn: true, Now).Admission.IsOpen.ShouldBeFalse();
        lanes.Leave("kie", "a");

        woken.ShouldBe(["later"]);
    }

    [Fact]
    public void Can_take_a_place_that_is_left_at_either_of_two_keys()
    {
        var woken = new List<string>();
        var catalogue = new ModelCatalogue(new LatchkeySettings(new Dictionary<string, string>()), NullLogger<ModelCatalogue>.Instance);
        var lanes = new ProviderLanes(catalogue, woken.Add);
        ProviderKey[] keys = [new("kie", "a", ""), new("kie", "b", "")];

        for (var task = 0; task < catalogue.Current.Providers["kie"].Concurrent * keys.Length; task++)
            lanes.Choose(keys, $"{task}", hasTurn: true, Now).Admission.IsOpen.ShouldBeTrue();

        foreach (var job in (string[])["first", "second", "third"])
            lanes.Choose(keys, job, hasTurn: true, Now).Admission.IsInLine.ShouldBeTrue();

        lanes.Leave("kie", "b");
        lanes.Leave("kie", "a");
        woken.ShouldBe(["first", "second"]);

        lanes.Choose(keys, "first", hasTurn: true, Now).Admission.IsOpen.ShouldBeTrue();
        lanes.Choose(keys, "second", hasTurn: true, Now).Admission.IsOpen.ShouldBeTrue();
        lanes.Leave("kie", "b");
        woken.ShouldBe(["first", "second", "third"]);
    }

    [Fact]
    public void Can_use_several_keys_in_turn()
    {
        var lanes = new ProviderLanes(
            new ModelCatalogue(new LatchkeySettings(new Dictionary<string, string>()), NullLogger<ModelCatalogue>.Instance),
            _ => { }
        );
        ProviderKey[] keys = [new("kie", "a", ""), new("kie", "b", ""), new("kie", "c", "")];

        var chosen = Enumerable.Range(0, 30).Select(_ => lanes.Choose(keys, "job", hasTurn: false, Now)).ToList();

        chosen.Take(6).ShouldAllBe(choice => choice.Admission.IsOpen);
        chosen.GroupBy(choice => choice.Key.Id).Select(group => group.Count()).ShouldAllBe(count => count == 10);
        lanes.Leave("kie", "b");
        lanes.Choose(keys, "job", hasTurn: true, Now.AddMinutes(1)).Key.Id.ShouldBe("b");
    }

    [Fact]
    public void Can_open_the_circuit_and_try_with_one_task_before_closing_it()
    {
        var lane = new ProviderLane(() => new ProviderLimits(1000, 1, 1000));

        for (var failure = 0; failure < 5; failure++)
            lane.Report(isHealthy: false, Now.AddSeconds(failure));

        lane.Enter("job", false, Now.AddSeconds(5)).IsOpen.ShouldBeFalse();

        var later = Now.AddSeconds(70);
        lane.Enter("job", false, later).IsOpen.ShouldBeTrue();
        lane.Enter("job", false, later).IsOpen.ShouldBeFalse();

        lane.Report(isHealthy: false, later);
        lane.Enter("job", false, later.AddSeconds(30)).IsOpen.ShouldBeFalse();

        var muchLater = later.AddSeconds(61);
        lane.Enter("job", false, muchLater).IsOpen.ShouldBeTrue();
        lane.Report(isHealthy: true, muchLater);
        lane.Enter("job", false, muchLater).IsOpen.ShouldBeTrue();
    }

    [Fact]
    public void Cannot_open_the_circuit_by_failures_that_are_far_apart()
    {
        var lane = new ProviderLane(() => new ProviderLimits(1000, 1, 1000));

        for (var failure = 0; failure < 20; failure++)
            lane.Report(isHealthy: false, Now.AddSeconds(failure * 10));

        lane.Enter("job", false, Now.AddSeconds(200)).IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task Cannot_ask_a_vendor_that_is_slow_about_ever_more_tasks_at_once()
    {
        var lane = new ProviderLane(() => new ProviderLimits(20, 10, 10_000));
        var answer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        var looks = Enumerable.Range(0, 1000).Select(_ => lane.LookAsync(AskAsync, TestContext.Current.CancellationToken)).ToList();

        asked.ShouldBeLessThan(200);
        answer.SetResult(7);
        (await Task.WhenAll(looks)).ShouldAllBe(told => told == 7);
        asked.ShouldBe(1000);

        Task<int> AskAsync()
        {
            Interlocked.Increment(ref asked);
            return answer.Task;
        }
    }
}
