using Latchkey.Generation.Generations;
using Latchkey.Generation.Ledger;
using Latchkey.Generation.Tests.Emulators;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Outputs;

/// <summary>What vendors deliver is looked at before it is anybody's.</summary>
public class OutputTroubleTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private readonly GenerationHost _host = shared.Reset();

    public static TheoryData<string, string> Bad =>
        new()
        {
            { nameof(OutputTrouble.Html), JobReasons.InvalidOutput },
            { nameof(OutputTrouble.Bomb), JobReasons.InvalidOutput },
            { nameof(OutputTrouble.Private), JobReasons.OutputsUnreachable },
        };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Cannot_deliver_something_else_than_a_picture(string trouble, string reason)
    {
        _host.Emulators.Kie.Trouble = Enum.Parse<OutputTrouble>(trouble);
        var jobId = await _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A fox" });

        var job = await _host.WaitAsync(jobId, "failed");

        job["errorCode"]!.GetValue<string>().ShouldBe(reason);
        job["results"]!.AsArray().ShouldBeEmpty();
        (await _host.MoneyAsync(jobId)).ShouldBe([EntryKind.Reserve, EntryKind.Release]);
    }

    [Theory]
    [InlineData(nameof(OutputTrouble.Expired))]
    [InlineData(nameof(OutputTrouble.Truncated))]
    public async Task Can_fetch_again_what_did_not_come(string trouble)
    {
        _host.Emulators.Kie.Trouble = Enum.Parse<OutputTrouble>(trouble);
        var jobId = await _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A fox" });

        await _host.WaitAsync(jobId);

        _host.Emulators.Kie.Submissions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Cannot_take_a_page_for_a_clip_from_behind_the_vendors_key()
    {
        _host.Emulators.OpenAi.Trouble = OutputTrouble.Html;
        var jobId = await _host.OrderAsync("/api/generate/video", new { model = "sora-2-pro", prompt = "A fox" });

        (await _host.WaitAsync(jobId, "failed"))["errorCode"]!.GetValue<string>().ShouldBe(JobReasons.InvalidOutput);
    }

    [Fact]
    public async Task Cannot_pay_for_an_empty_answer_of_gemini()
    {
        _host.Emulators.LaoZhang.FinishReason = "IMAGE_SAFETY";
        var jobId = await _host.OrderAsync("/api/generate/photo", new { model = "nano-banana", prompt = "A fox" });

        (await _host.WaitAsync(jobId, "failed"))["errorCode"]!.GetValue<string>().ShouldBe("content_policy");
        (await _host.MoneyAsync(jobId)).ShouldBe([EntryKind.Reserve, EntryKind.Release]);
    }
}
