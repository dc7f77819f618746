using System.Linq.Expressions;
using System.Net;
using CsCheck;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Ledger;
using Latchkey.Generation.Tests.Emulators;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Ledger;

/// <summary>
/// Whatever happens in whatever order, a job is paid for once if it delivered and not at all if not, no task is sent twice, and the ledger adds up.
/// </summary>
public class MoneyPropertyTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private const int Credits = 1000;
    private static readonly string[] Models = ["z-image", "grok-imagine", "kling-2.6", "kling-o3-standard", "sora-2-pro", "nano-banana"];

    private readonly GenerationHost _host = shared.Reset();

    private enum Happening
    {
        Order,
        OrderAgain,
        Turn,
        TurnFar,
        CallBack,
        Cancel,
        CancelTwiceAtOnce,
        LoseAnswer,
        LoseRequest,
        TellBusy,
        Fail,
        Succeed,
        BreakQuery,
        ExpireOutputs,
    }

    [Fact]
    public Task Can_pay_for_what_was_delivered_and_for_nothing_else() => PlayAsync(stories: 4);

    [Fact]
    [Trait("Duration", "Long")]
    public Task Can_pay_for_what_was_delivered_in_many_stories() => PlayAsync(stories: 100);

    private Task PlayAsync(int stories) =>
        Gen.Select(Gen.Enum<Happening>(), Gen.Int[0, 1000]).Array[12, 30].SampleAsync(PlayAsync, iter: stories, threads: 1);

    private async Task PlayAsync((Happening Happening, int Choice)[] happenings)
    {
        shared.Reset();
        using var client = await _host.ClientOfAsync();
        var owner = GenerationHost.KeyIdOf(client);
        await _host.SendAsync(HttpMethod.Put, "/api/budgets/" + owner, new { credits = Credits }, HttpStatusCode.OK);
        var orders = new List<(string JobId, string Key, object Body)>();

        foreach (var (happening, choice) in happenings.Prepend((Happening.Order, 0)))
            await DoAsync(happening, choice, client, orders);

        Emulators().ToList().ForEach(emulator => (emulator.FailWith, emulator.Trouble) = (null, OutputTrouble.None));
        await TurnUntilNoneAsync(
            TimeSpan.FromMinutes(2),
            job => job.OwnerId == owner && job.DueAt != null && job.State != JobState.Overdue
        );

        // One whose submission's answer was lost is looked for a whole day: in small steps that alone would take the tests' patience.
        await TurnUntilNoneAsync(TimeSpan.FromHours(1), job => job.OwnerId == owner && job.DueAt != null);
        await CheckAsync(client, owner);
    }

    private Task TurnUntilNoneAsync(TimeSpan step, Expression<Func<GenerationJob, bool>> unfinished)
    {
        _host.Step = step;
        return _host.TurnUntilAsync(async () => !await _host.ReadAsync(db => db.Jobs.AnyAsync(unfinished)));
    }

    private async Task DoAsync(Happening happening, int choice, HttpClient client, List<(string JobId, string Key, object Body)> orders)
    {
        var some = orders.Count == 0 ? default : orders[choice % orders.Count];
        var emulator = Emulators().ElementAt(choice % 4);

        switch (happening)
        {
            case Happening.Order:
                var (key, body) = (
                    Guid.NewGuid().ToString(),
                    new { model = Models[choice % Models.Length], prompt = $"A fox {Guid.NewGuid()}" }
                );
                orders.Add((await OrderAsync(client, key, body), key, body));
                break;
            case Happening.OrderAgain when orders.Count > 0:
                (await OrderAsync(client, some.Key, some.Body)).ShouldBe(some.JobId);
                break;
            case Happening.Turn or Happening.TurnFar:
                _host.Step = TimeSpan.FromSeconds(happening == Happening.Turn ? 1 : 7);
                var until = _host.Time.GetUtcNow() + _host.Step * 3;
                await _host.TurnUntilAsync(() => Task.FromResult(_host.Time.GetUtcNow() >= until));
                break;
            case Happening.CallBack when _host.Emulators.Kie.Tasks.Values.FirstOrDefault() is { CallbackUrl: { } url } task:
                task.CallbackUrl = _host.Here(url);
                await Task.WhenAll(_host.Emulators.Kie.CallBackAsync(task), _host.Emulators.Kie.CallBackAsync(task));
                break;
            case Happening.Cancel when orders.Count > 0:
                await CancelAsync(client, some.JobId);
                break;
            case Happening.CancelTwiceAtOnce when orders.Count > 0:
                await Task.WhenAll(CancelAsync(client, some.JobId), CancelAsync(client, some.JobId));
                break;
            case Happening.LoseAnswer:
                emulator.OnSubmit(Fault.LostAnswer);
                break;
            case Happening.LoseRequest:
                emulator.OnSubmit(Fault.LostRequest);
                break;
            case Happening.TellBusy:
                emulator.OnSubmit(Fault.Status(429, """{"code":429,"error":{"message":"busy"}}""", "3"));
                break;
            case Happening.Fail:
                emulator.FailWith = new EmulatedFailure("server_error", "no");
                break;
            case Happening.Succeed:
                emulator.FailWith = null;
                break;
            case Happening.BreakQuery:
                emulator.OnQuery(Fault.Status(500), Fault.EmptyAnswer, Fault.LostRequest);
                break;
            case Happening.ExpireOutputs:
                emulator.Trouble = OutputTrouble.Expired;
                break;
        }
    }

    private async Task CheckAsync(HttpClient client, string owner)
    {
        var jobs = await _host.ReadAsync(db => db.Jobs.AsNoTracking().Where(job => job.OwnerId == owner).ToListAsync());
        var entries = await _host.ReadAsync(db => db.Ledger.AsNoTracking().Where(entry => entry.OwnerId == owner).ToListAsync());

        foreach (var job in jobs)
        {
            var kinds = entries.Where(entry => entry.JobId == job.Id).Select(entry => entry.Kind).Order();
            kinds.ShouldBe(
                job.State == JobState.Succeeded ? [EntryKind.Reserve, EntryKind.Settle] : [EntryKind.Reserve, EntryKind.Release]
            );

            var outputs = await _host.ReadAsync(db => db.Outputs.CountAsync(output => output.JobId == job.Id));
            (outputs > 0).ShouldBe(job.State == JobState.Succeeded);
        }

        // By its prompt a task is known; a vendor that took it has it once, and only one vendor has taken it and not failed.
        foreach (var taken in Emulators().SelectMany(emulator => emulator.Tasks.Values).GroupBy(task => task.Submission.ToJsonString()))
            taken.Count().ShouldBe(1, taken.Key);

        var spent = jobs.Where(job => job.State == JobState.Succeeded).Sum(job => job.Cost);
        var available = (await _host.GetAsync("/api/budget", client: client))["available"]!.GetValue<long>();
        available.ShouldBe(Credits - spent);
        entries.Sum(entry => entry.Amount).ShouldBe(available);
    }

    private async Task<string> OrderAsync(HttpClient client, string key, object body)
    {
        var isVideo = body.ToString()!.Contains("kling") || body.ToString()!.Contains("sora");
        var path = "/api/generate/" + (isVideo ? "video" : "photo");
        var answer = await _host.SendAsync(HttpMethod.Post, path, body, HttpStatusCode.OK, client, ("Idempotency-Key", key));

        return answer["jobId"]!.GetValue<string>();
    }

    private Task CancelAsync(HttpClient client, string jobId) =>
        _host.SendAsync(HttpMethod.Post, "/api/jobs/" + jobId, new { }, HttpStatusCode.OK, client);

    private IEnumerable<Emulator> Emulators() =>
        [_host.Emulators.Kie, _host.Emulators.Fal, _host.Emulators.OpenAi, _host.Emulators.LaoZhang];
}
