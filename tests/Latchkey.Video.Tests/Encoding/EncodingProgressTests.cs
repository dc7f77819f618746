using CsCheck;
using Latchkey.Video.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

public sealed class EncodingProgressTests
{
    private const string VideoId = "viExample";

    [Fact]
    public void Can_make_the_first_seconds_of_the_smallest_rendition_first_and_nothing_beside_the_first_picture()
    {
        var progress = new EncodingProgress(TestPlans.Of(segments: 60), makesMp4: false);

        var first = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();

        first.Renditions.ShouldBe(["240p", "audio"], "not even tiles");
        (first.From, first.To).ShouldBe((0, 1));
        progress.Open.IsNone.ShouldBeTrue();

        progress.MarkMade("240p", 0);

        var second = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();
        second.Renditions.ShouldBe(first.Renditions);
        (second.From, second.To).ShouldBe((1, 3), "a sixteenth of four minutes");
        var background = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();
        background.Renditions.ShouldBe(["360p", "240p", "audio", "storyboard"]);
        background.Renditions.Select(background.StartOf).ShouldBe([0, 3, 3, 0]);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(10, 1)]
    [InlineData(30, 1)]
    [InlineData(40, 2)]
    [InlineData(1000, 5)]
    public void Can_make_no_more_ahead_than_is_worth_a_second_decode(int segments, int lead)
    {
        var progress = new EncodingProgress(TestPlans.Of(segments), makesMp4: false);
        var run = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();
        progress.MarkMade("240p", 0);

        while (!run.Renditions.Contains("240p") || !run.Renditions.Contains("360p"))
        {
            run = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();
        }

        run.From.ShouldBe(0);
        run.StartOf("360p").ShouldBe(0);
        run.StartOf("240p").ShouldBe(lead);
    }

    [Fact]
    public void Can_make_all_renditions_at_once_where_a_copied_one_plays_already()
    {
        var plan = TestPlans.Of(segments: 100);
        plan = plan with { Video = [.. plan.Video, TestPlans.Rendition("720p", RenditionMethod.Copied)] };
        var progress = new EncodingProgress(plan, makesMp4: false);

        var background = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();

        background.Priority.ShouldBe(EncodePriority.Background);
        background.Renditions.ShouldBe(["240p", "360p", "audio", "storyboard"]);

        // Who cannot take the copied one does not wait for all of them.
        progress.WantInit("240p");
        var first = progress.Claim(VideoId, EncodeSlot.Kept).ShouldNotBeNull();
        (first.Renditions.Single(), first.From, first.To).ShouldBe(("240p", 0, 1));
        progress.Want("240p", 0);
        progress.Claim(VideoId, EncodeSlot.Kept).ShouldBeNull();

        progress.MarkMade("360p", 0);
        progress.Want("360p", 1);
        progress.Claim(VideoId, EncodeSlot.Kept).ShouldBeNull("it is just being made");
    }

    [Fact]
    public void Can_make_the_poster_and_a_copied_mp4_aside_while_the_ladder_is_encoded()
    {
        var plan = TestPlans.Of(segments: 100);
        plan = plan with { Video = [.. plan.Video, TestPlans.Rendition("720p", RenditionMethod.Copied)], Audio = null };
        var progress = new EncodingProgress(plan, makesMp4: true);

        progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull().Kind.ShouldBe(EncodeRunKind.Segments);
        var poster = progress.Claim(VideoId, EncodeSlot.Aside).ShouldNotBeNull();
        var mp4 = progress.Claim(VideoId, EncodeSlot.Aside).ShouldNotBeNull();

        (poster.Kind, poster.Priority).ShouldBe((EncodeRunKind.Poster, EncodePriority.First));
        (mp4.Kind, mp4.Priority).ShouldBe((EncodeRunKind.Mp4, EncodePriority.Background));
        progress.Claim(VideoId, EncodeSlot.Aside).ShouldBeNull();
        progress.Open.Aside.ShouldBeNull();
        progress.Open.Any.ShouldBe(EncodePriority.Background);
    }

    [Fact]
    public void Can_make_the_poster_in_any_slot_when_nothing_is_left_to_encode()
    {
        var progress = new EncodingProgress(TestPlans.Of(segments: 1), makesMp4: false);
        Finish(progress, progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull());
        Finish(progress, progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull());

        progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull().Kind.ShouldBe(EncodeRunKind.Poster);
    }

    [Fact]
    public void Can_begin_calmly_with_nothing_but_the_first_picture_and_what_is_waited_for()
    {
        var progress = new EncodingProgress(TestPlans.Of(segments: 300), makesMp4: false) { IsCalm = true };
        var picture = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();
        (picture.Renditions[0], picture.From, picture.To).ShouldBe(("240p", 0, 1));
        Finish(progress, picture);
        progress.Open.IsNone.ShouldBeTrue();

        progress.Want("240p", 260);
        progress.Claim(VideoId, EncodeSlot.Kept).ShouldNotBeNull().From.ShouldBe(260);
        progress.Claim(VideoId, EncodeSlot.Any).ShouldBeNull("not even its neighbours");
        progress.Claim(VideoId, EncodeSlot.Aside).ShouldBeNull();

        progress.IsCalm = false;

        progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull().From.ShouldBe(261);
        progress.Claim(VideoId, EncodeSlot.Aside).ShouldNotBeNull().Kind.ShouldBe(EncodeRunKind.Poster);
    }

    [Fact]
    public void Can_feed_those_that_join_later_from_the_same_decode()
    {
        var progress = new EncodingProgress(TestPlans.Of(segments: 12), makesMp4: false);
        progress.MarkMade("240p", 0);
        progress.MarkMade("240p", 1);
        progress.MarkMade("240p", 7);
        progress.MarkMade("audio", 0);
        progress.MarkMade("storyboard", 2);
        progress.MarkDone(EncodeRunKind.Poster);

        var run = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();

        (run.From, run.To).ShouldBe((0, 7), "there the smallest has one already");
        run.Renditions.ShouldBe(["360p", "audio", "240p", "storyboard"]);
        run.Renditions.Select(run.StartOf).ShouldBe([0, 1, 2, 3]);

        var next = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();

        (next.From, next.To).ShouldBe((7, 12));
        next.Renditions.Select(name => (name, next.StartOf(name))).ShouldBe([("360p", 7), ("audio", 7), ("240p", 8), ("storyboard", 7)]);
    }

    [Fact]
    public void Can_leave_further_sounds_until_the_first_seconds_are_made()
    {
        var plan = TestPlans.Of(segments: 100);
        plan = plan with { OtherAudio = [plan.Audio! with { Folder = "audio-2" }] };
        var progress = new EncodingProgress(plan, makesMp4: false);

        var run = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();

        while (run.Priority == EncodePriority.First)
        {
            run.Renditions.ShouldNotContain("audio-2");
            Finish(progress, run);
            run = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();
        }

        run.Renditions.ShouldBe(["360p", "audio-2", "240p", "audio", "storyboard"], "they are encoded beside the pictures");

        progress.Want("audio-2", 70);
        progress.Claim(VideoId, EncodeSlot.Kept).ShouldNotBeNull().Renditions.ShouldBe(["audio-2"]);
    }

    [Fact]
    public void Can_make_all_renditions_from_one_decode_after_the_first_seconds()
    {
        var progress = Started(segments: 100);

        var shared = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();

        shared.Renditions.ShouldBe(["360p", "240p", "audio", "storyboard"]);
        shared.Renditions.Select(shared.StartOf).ShouldBe([0, 5, 5, 0], "the smallest and the sound have their first seconds");
        (shared.From, shared.To).ShouldBe((0, 16), "sixty seconds, and the segment that they end in");
    }

    [Fact]
    public void Can_go_on_in_the_background_from_where_somebody_watches()
    {
        var progress = Started(segments: 100);
        progress.Want("360p", 70);
        Finish(progress, progress.Claim(VideoId, EncodeSlot.Kept).ShouldNotBeNull());
        Finish(progress, progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull());

        var ahead = new List<int>();

        while (progress.Claim(VideoId, EncodeSlot.Any) is { Kind: EncodeRunKind.Segments } run)
        {
            ahead.Add(run.From);
            Finish(progress, run);
        }

        ahead.ShouldBe([70, 86, 0, 16, 32, 48, 64], "first what follows, then what lies before");
    }

    [Fact]
    public void Can_put_a_waited_for_segment_and_its_neighbours_ahead_of_everything()
    {
        var progress = Started(segments: 100);

        progress.Want("360p", 70);

        progress.Open.Any.ShouldBe(EncodePriority.Waited);
        var waited = progress.Claim(VideoId, EncodeSlot.Kept).ShouldNotBeNull();
        (waited.Renditions.Single(), waited.From, waited.To).ShouldBe(("360p", 70, 71));

        progress.Claim(VideoId, EncodeSlot.Kept).ShouldBeNull("the kept slot is for segments that are waited for");
        var neighbours = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();
        (neighbours.Renditions.Single(), neighbours.From, neighbours.To).ShouldBe(("360p", 71, 76));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Cannot_be_made_twice_when_a_run_is_just_at_the_segment(int version)
    {
        var progress = new EncodingProgress(TestPlans.Of(segments: 100) with { Version = version }, makesMp4: false);
        progress.Claim(VideoId, EncodeSlot.Any);
        progress.MarkMade("240p", 0);
        var first = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();

        progress.Want("240p", 1);
        progress.Claim(VideoId, EncodeSlot.Kept).ShouldBeNull();

        progress.Want("240p", 4);
        progress.Claim(VideoId, EncodeSlot.Kept).ShouldNotBeNull().From.ShouldBe(4);
        first.To.ShouldBe(5);
    }

    [Fact]
    public void Can_make_the_mp4_when_all_segments_are_there()
    {
        var progress = new EncodingProgress(TestPlans.Of(segments: 1), makesMp4: true);
        progress.MarkDone(EncodeRunKind.Poster);
        progress.MarkDone(EncodeRunKind.Preview);
        progress.MarkDone(EncodeRunKind.Storyboard);

        foreach (var rendition in progress.Made.Keys.Where(name => name != "storyboard"))
        {
            progress.Open.IsNone.ShouldBeFalse();
            progress.MarkMade(rendition, 0);
        }

        var mp4 = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();

        mp4.Kind.ShouldBe(EncodeRunKind.Mp4);
        progress.IsFinished.ShouldBeFalse();
        progress.Release(mp4.Id);
        progress.MarkDone(EncodeRunKind.Mp4);
        progress.IsFinished.ShouldBeTrue();
    }

    [Fact]
    public void Can_give_up_what_fails_and_finish_the_rest()
    {
        var progress = new EncodingProgress(TestPlans.Of(segments: 2), makesMp4: false);
        progress.MarkDone(EncodeRunKind.Poster);
        progress.Want("240p", 1);
        var run = progress.Claim(VideoId, EncodeSlot.Kept).ShouldNotBeNull();

        progress.Release(run.Id);
        progress.Abandon(run, "ffmpeg_failed");

        progress.Failed["240p"].ShouldBe("ffmpeg_failed");
        progress.Claim(VideoId, EncodeSlot.Kept).ShouldBeNull();
        progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull().Renditions.ShouldBe(["360p", "audio"]);
    }

    [Fact]
    public void Can_make_tiles_alone_then_the_storyboard_and_the_preview_when_the_ladder_is_there()
    {
        var progress = new EncodingProgress(TestPlans.Of(segments: 300), makesMp4: false);
        progress.MarkDone(EncodeRunKind.Poster);

        foreach (var rendition in progress.Made.Keys.Where(name => name != "storyboard"))
        {
            Enumerable.Range(0, 300).ToList().ForEach(segment => progress.MarkMade(rendition, segment));
        }

        var tiles = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();
        (tiles.Renditions.Single(), tiles.From, tiles.To).ShouldBe(("storyboard", 0, 151), "ten minutes, as keyframes are cheap");
        Finish(progress, tiles);
        Finish(progress, progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull());

        var sheets = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();
        var preview = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();
        (sheets.Kind, preview.Kind).ShouldBe((EncodeRunKind.Storyboard, EncodeRunKind.Preview));
        progress.Claim(VideoId, EncodeSlot.Any).ShouldBeNull();
    }

    [Fact]
    public void Cannot_lose_a_rendition_because_of_its_storyboard()
    {
        var progress = new EncodingProgress(TestPlans.Of(segments: 2), makesMp4: false);
        progress.MarkMade("240p", 0);
        progress.MarkDone(EncodeRunKind.Poster);
        Finish(progress, progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull() with { Renditions = ["audio"] });
        var failed = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();

        progress.Release(failed.Id);
        progress.Separate(failed.Renditions);

        var again = progress.Claim(VideoId, EncodeSlot.Any).ShouldNotBeNull();
        failed.Renditions.ShouldContain("storyboard");
        again.Renditions.ShouldBe(["240p"], "each is tried alone");
    }

    [Fact]
    public void Can_finish_a_video_whose_storyboard_and_preview_failed()
    {
        var progress = new EncodingProgress(TestPlans.Of(segments: 1), makesMp4: true);
        progress.Separate(["storyboard"]);

        while (progress.Claim(VideoId, EncodeSlot.Any) is { } run)
        {
            progress.Release(run.Id);

            if (run.Kind == EncodeRunKind.Preview || run.Renditions.Contains("storyboard"))
            {
                progress.Abandon(run, "encoder_failed");
            }
            else
            {
                Finish(progress, run);
            }
        }

        progress.Failed.Keys.ShouldBe(["storyboard", "Preview"], ignoreOrder: true);
        progress.IsFinished.ShouldBeTrue();
    }

    [Fact]
    public void Cannot_lose_or_repeat_a_segment_in_any_order_of_claims_deaths_and_wishes()
    {
        Gen.Select(Gen.Int[1, 60], Gen.Select(Gen.Int[0, 3], Gen.Int[0, 59]).Array[0, 200])
            .Sample(
                (segments, steps) =>
                {
                    var progress = new EncodingProgress(TestPlans.Of(segments), makesMp4: true);
                    var running = new List<EncodeRun>();

                    foreach (var (action, number) in steps)
                    {
                        Act(progress, running, action, number % segments);
                    }

                    running.ForEach(run => Finish(progress, run));

                    for (var left = 0; progress.Claim(VideoId, EncodeSlot.Any) is { } run; left++)
                    {
                        left.ShouldBeLessThan(10_000);
                        Finish(progress, run);
                    }

                    progress.IsFinished.ShouldBeTrue();
                    progress.Failed.ShouldBeEmpty();
                }
            );
    }

    /// <summary>The poster and the first seconds are being made, so that background work comes next.</summary>
    private static EncodingProgress Started(int segments)
    {
        var progress = new EncodingProgress(TestPlans.Of(segments), makesMp4: false);
        progress.Claim(VideoId, EncodeSlot.Any);
        progress.MarkMade("240p", 0);

        progress.Claim(VideoId, EncodeSlot.Any);
        progress.Claim(VideoId, EncodeSlot.Aside);

        return progress;
    }

    private static void Act(EncodingProgress progress, List<EncodeRun> running, int action, int number)
    {
        if (action == 0)
        {
            progress.Want(number % 2 == 0 ? "360p" : "audio", number);
        }
        else if (action == 1 && progress.Claim(VideoId, (EncodeSlot)(number % 3)) is { } run)
        {
            run.Renditions.ShouldAllBe(name => !progress.IsMade(name, run.StartOf(name)));
            running.Add(run);
        }
        else if (running.Count > 0)
        {
            var ended = running[number % running.Count];
            running.Remove(ended);

            if (action == 2)
            {
                Finish(progress, ended);
            }
            else
            {
                progress.Release(ended.Id);
            }
        }
    }

    private static void Finish(EncodingProgress progress, EncodeRun run)
    {
        foreach (var rendition in run.Renditions)
        {
            for (var segment = run.StartOf(rendition); segment < run.To; segment++)
            {
                progress.MarkMade(rendition, segment);
            }
        }

        progress.MarkDone(run.Kind);
        progress.Release(run.Id);
    }
}
