using System.Net;
using System.Text.Json.Nodes;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Ledger;
using Latchkey.Generation.Models;
using Latchkey.Generation.Tests.Emulators;
using Latchkey.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Generations;

/// <summary>What vendors do to a submission and to questions about it.</summary>
public class SubmitTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private readonly GenerationHost _host = shared.Reset();

    private KieEmulator Kie => _host.Emulators.Kie;

    public static TheoryData<int, string> Busy =>
        new()
        {
            { 200, """{"code":429,"msg":"too many"}""" },
            { 200, """{"code":433,"msg":"sub-key limit"}""" },
            { 200, """{"code":455,"msg":"maintenance"}""" },
        };

    [Theory]
    [MemberData(nameof(Busy))]
    public async Task Can_wait_for_a_busy_vendor(int status, string body)
    {
        Kie.OnSubmit(Fault.Status(status, body, retryAfter: "7"));
        var ordered = _host.Time.GetUtcNow();

        var jobId = await PictureAsync();
        await _host.WaitAsync(jobId);

        Kie.Submissions.Count.ShouldBe(2);
        (await _host.RowAsync(jobId)).SubmittedAt!.Value.ShouldBeGreaterThanOrEqualTo(ordered.AddSeconds(7));
        (await _host.MoneyAsync(jobId)).ShouldBe([EntryKind.Reserve, EntryKind.Settle]);
    }

    /// <summary>With room for one at the vendor, the others go one after the other, each as soon as there is room again.</summary>
    [Fact]
    public async Task Can_send_the_next_as_soon_as_there_is_room()
    {
        using var folder = new TemporaryFolder();
        var catalogue = JsonNode.Parse(ModelCatalogue.BuiltIn())!;
        catalogue["providers"]!["kie"]!["concurrent"] = 1;
        await File.WriteAllTextAsync(folder.File("catalogue.json"), catalogue.ToJsonString(), TestContext.Current.CancellationToken);
        await using var host = await GenerationHost.StartAsync(settings: (GenerationSettings.CatalogueFile, folder.File("catalogue.json")));
        host.Emulators.Kie.Takes = TimeSpan.FromSeconds(20);

        var ids = new List<string>();

        for (var number = 0; number < 4; number++)
            ids.Add(await host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = $"{number}" }));

        await host.SendAsync(HttpMethod.Post, "/api/jobs/" + ids[1], new { action = "cancel" }, HttpStatusCode.OK);

        foreach (var id in ids.Where((_, number) => number != 1))
            await host.WaitAsync(id);

        var rows = new List<GenerationJob>();

        foreach (var id in ids.Where((_, number) => number != 1))
            rows.Add(await host.RowAsync(id));

        rows.Sort((one, other) => one.SubmittedAt!.Value.CompareTo(other.SubmittedAt!.Value));

        foreach (var (before, after) in rows.Zip(rows.Skip(1)))
            (after.SubmittedAt!.Value - before.EndedAt!.Value).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    public static TheoryData<string> LostAnswers => ["lost", "empty", "truncated"];

    /// <summary>The vendor has it and we do not know its name: its callback tells, and nothing is sent a second time.</summary>
    [Theory]
    [MemberData(nameof(LostAnswers))]
    public async Task Can_find_a_task_whose_answer_was_lost(string how)
    {
        Kie.OnSubmit(
            how switch
            {
                "lost" => Fault.LostAnswer,
                "empty" => Fault.EmptyAnswer,
                _ => Fault.TruncatedAnswer,
            }
        );
        var jobId = await PictureAsync();
        await _host.TurnUntilAsync(async () => (await _host.RowAsync(jobId)).State == JobState.Unclear);
        (await _host.GetAsync("/api/jobs/" + jobId))["status"]!.GetValue<string>().ShouldBe("processing");

        var task = Kie.Tasks.Values.ShouldHaveSingleItem();
        (await CallBackAsync(task)).ShouldBe(200);
        await _host.WaitAsync(jobId);

        Kie.Submissions.Count.ShouldBe(1);
        (await _host.MoneyAsync(jobId)).ShouldBe([EntryKind.Reserve, EntryKind.Settle]);
    }

    [Fact]
    public async Task Can_deliver_what_comes_after_its_caller_was_told_that_it_takes_too_long()
    {
        _host.Step = TimeSpan.FromSeconds(30);
        Kie.Takes = TimeSpan.FromMinutes(30);
        var jobId = await PictureAsync();

        var job = await _host.WaitAsync(jobId, "failed");
        job["errorCode"]!.GetValue<string>().ShouldBe(JobReasons.ProviderTimeout);
        (await _host.MoneyAsync(jobId)).ShouldBe([EntryKind.Reserve]);

        await _host.TurnUntilAsync(async () => (await _host.RowAsync(jobId)).State == JobState.Succeeded);
        (await _host.MoneyAsync(jobId)).ShouldBe([EntryKind.Reserve, EntryKind.Settle]);
    }

    [Fact]
    public async Task Can_end_a_job_that_the_vendor_never_got()
    {
        _host.Step = TimeSpan.FromMinutes(5);
        Kie.OnSubmit(Fault.LostRequest);
        var jobId = await PictureAsync();

        (await _host.WaitAsync(jobId, "failed"))["errorCode"]!.GetValue<string>().ShouldBe(JobReasons.SubmitUnclear);
        (await _host.MoneyAsync(jobId)).ShouldBe([EntryKind.Reserve]);

        await _host.TurnUntilAsync(async () => (await _host.RowAsync(jobId)).State == JobState.Failed);
        (await _host.MoneyAsync(jobId)).ShouldBe([EntryKind.Reserve, EntryKind.Release]);
        Kie.Submissions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Can_live_through_bad_answers_to_its_questions()
    {
        Kie.OnQuery(
            Fault.Status(500),
            Fault.Status(502, "<html>"),
            Fault.LostRequest,
            Fault.EmptyAnswer,
            Fault.TruncatedAnswer,
            Fault.Status(429, "{}", "5"),
            Fault.Status(200, """{"code":500,"msg":"oops"}"""),
            Fault.Status(200, """{"code":200,"data":null}""")
        );

        var jobId = await PictureAsync();
        await _host.WaitAsync(jobId);

        Kie.Submissions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Can_fall_back_to_another_vendor_when_the_first_has_certainly_not_taken_it()
    {
        _host.Emulators.LaoZhang.OnSubmit(Fault.Status(503, """{"error":{"message":"no available channels","code":"model_not_found"}}"""));

        var job = await _host.WaitAsync(await _host.OrderAsync("/api/generate/photo", new { model = "nano-banana", prompt = "A fox" }));

        job["provider"]!.GetValue<string>().ShouldBe("kie");
    }

    [Fact]
    public async Task Cannot_fall_back_when_the_order_itself_is_refused()
    {
        _host.Emulators.LaoZhang.OnSubmit(Fault.Status(400, """{"error":{"message":"content policy","code":"moderation_blocked"}}"""));

        var job = await _host.WaitAsync(
            await _host.OrderAsync("/api/generate/photo", new { model = "nano-banana", prompt = "A fox" }),
            "failed"
        );

        job["errorCode"]!.GetValue<string>().ShouldBe("content_policy");
        Kie.Submissions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Cannot_fall_back_when_the_first_vendor_may_have_it()
    {
        _host.Emulators.LaoZhang.OnSubmit(Fault.LostAnswer);
        var jobId = await _host.OrderAsync("/api/generate/photo", new { model = "nano-banana", prompt = "A fox" });

        var job = await _host.WaitAsync(jobId, "failed");

        job["errorCode"]!.GetValue<string>().ShouldBe(JobReasons.SubmitUnclear);
        Kie.Submissions.ShouldBeEmpty();
        (await _host.MoneyAsync(jobId)).ShouldBe([EntryKind.Reserve, EntryKind.Release]);
    }

    [Fact]
    public async Task Can_find_a_lost_video_in_the_vendors_list()
    {
        _host.Emulators.OpenAi.OnSubmit(Fault.LostAnswer);
        var jobId = await _host.OrderAsync("/api/generate/video", new { model = "sora-2-pro", prompt = "A fox that nobody else ordered" });

        await _host.WaitAsync(jobId);

        _host.Emulators.OpenAi.Submissions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Can_tell_a_completed_failure_of_fal()
    {
        _host.Emulators.Fal.FailWith = new EmulatedFailure("content_policy_violation", "The prompt was flagged by content policy");
        var jobId = await _host.OrderAsync(
            "/api/generate/video",
            new
            {
                model = "kling-o3-standard",
                mode = "t2v",
                prompt = "A fox",
            }
        );

        var job = await _host.WaitAsync(jobId, "failed");

        job["errorCode"]!.GetValue<string>().ShouldBe("content_policy");
        (await _host.MoneyAsync(jobId)).ShouldBe([EntryKind.Reserve, EntryKind.Release]);
    }

    private Task<string> PictureAsync() => _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A fox" });

    private Task<int> CallBackAsync(EmulatedTask task)
    {
        task.CallbackUrl = _host.Here(task.CallbackUrl!);
        return Kie.CallBackAsync(task);
    }
}
