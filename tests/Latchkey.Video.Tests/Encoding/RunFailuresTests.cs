using Latchkey.Video.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

public sealed class RunFailuresTests
{
    private const string VideoId = "viExample";

    [Fact]
    public void Can_try_each_rendition_alone_after_a_run_of_several_failed()
    {
        var progress = new EncodingProgress(TestPlans.Of(segments: 2), makesMp4: false);
        var failures = new RunFailures();
        progress.MarkDone(EncodeRunKind.Poster);
        var together = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();
        together.Renditions.ShouldBe(["240p", "audio"]);

        failures.Count(together, progress, MediaFailure.EncoderFailed).ShouldBeEmpty();
        progress.Release(together.Id);
        progress.Separate(together.Renditions);

        var alone = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();
        alone.Renditions.ShouldBe(["240p"]);
        progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull().Renditions.ShouldBe(["audio"]);
        failures.Count(alone, progress, MediaFailure.EncoderFailed).ShouldBe(["240p"]);
    }

    [Fact]
    public void Can_fail_again_where_a_run_got_further()
    {
        var progress = new EncodingProgress(TestPlans.Of(segments: 4), makesMp4: false);
        var failures = new RunFailures();
        progress.MarkDone(EncodeRunKind.Poster);
        var run = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull() with { Renditions = ["240p"], To = 4 };

        failures.Count(run, progress, MediaFailure.EncoderStalled).ShouldBeEmpty();
        progress.MarkMade("240p", 0);
        failures.Count(run, progress, MediaFailure.EncoderStalled).ShouldBeEmpty();
        failures.Count(run, progress, MediaFailure.EncoderStalled).ShouldBe(["240p"]);
    }
}
