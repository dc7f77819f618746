using Latchkey.Video.Encoding;
using Latchkey.Video.Tests.Playback;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

/// <summary>The order in which the queue gives out runs; the test is the node that does them.</summary>
public sealed class EncodeOrderTests
{
    [Fact]
    public async Task Can_show_a_new_video_before_a_long_one_goes_on()
    {
        await using var server = await VideoServer.StartAsync(adjust: WithoutWorker);
        var grains = server.Host.Services.GetRequiredService<IGrainFactory>();
        var queue = grains.GetGrain<IEncodeQueueGrain>(0);
        var clip = await server.ForeignClipAsync(40, "640x360");
        var film = await PublishAsync(server, grains, clip);

        // Up to where only the background is left.
        EncodeRun run;

        do
        {
            run = await PullAsync(queue);
            run.VideoId.ShouldBe(film);
            await FinishAsync(grains, run);
        } while (run.Priority != EncodePriority.Background);

        var fresh = await PublishAsync(server, grains, clip);
        var picture = await PullAsync(queue);
        (picture.VideoId, picture.Priority, picture.From, picture.To).ShouldBe((fresh, EncodePriority.First, 0, 1));

        // Another slot does not stand idle meanwhile, and takes nothing from the picture.
        var beside = await PullAsync(queue);
        (beside.VideoId, beside.Priority).ShouldBe((film, EncodePriority.Background));

        await FinishAsync(grains, picture);
        var next = await PullAsync(queue, EncodeSlot.Aside);
        (next.VideoId, next.Priority, next.Kind).ShouldBe((fresh, EncodePriority.First, EncodeRunKind.Poster));
    }

    [Fact]
    public async Task Can_hand_out_an_init_segment_before_any_segment_is_whole()
    {
        await using var server = await VideoServer.StartAsync(adjust: WithoutWorker);
        var grains = server.Host.Services.GetRequiredService<IGrainFactory>();
        var queue = grains.GetGrain<IEncodeQueueGrain>(0);
        var videoId = await PublishAsync(server, grains, await server.ForeignClipAsync(10, "640x360"));
        var grain = grains.GetGrain<IEncodingGrain>(videoId);
        var picture = await PullAsync(queue);
        var small = grain.WaitForSegmentAsync(picture.Version, "240p", segment: null, TestContext.Current.CancellationToken);
        var large = grain.WaitForSegmentAsync(picture.Version, "360p", segment: null, TestContext.Current.CancellationToken);

        // The one is on its way. Nobody makes the other, and where its viewer wants to go is not known: one segment of it will do.
        var other = (await grain.ClaimAsync(EncodeSlot.Kept)).Run.ShouldNotBeNull();
        (other.Priority, other.Renditions.Single(), other.From, other.To).ShouldBe((EncodePriority.Waited, "360p", 0, 1));
        (await grain.ClaimAsync(EncodeSlot.Kept)).Run.ShouldBeNull();

        (await grain.ReportSegmentAsync(picture, "240p", segment: null)).ShouldBeTrue();
        (await small).ShouldBeTrue();
        large.IsCompleted.ShouldBeFalse();
        (await grain.ReportSegmentAsync(other, "360p", segment: null)).ShouldBeTrue();
        (await large).ShouldBeTrue();
    }

    private static void WithoutWorker(IHostApplicationBuilder builder) =>
        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(EncodingWorker)));

    private static async Task<string> PublishAsync(VideoServer server, IGrainFactory grains, string clip)
    {
        var videoId = await server.PublishAsync(clip);

        // Answers when the video is planned and in the queue; nobody waits for a segment of it.
        (await grains.GetGrain<IEncodingGrain>(videoId).ClaimAsync(EncodeSlot.Kept)).Run.ShouldBeNull();
        return videoId;
    }

    private static async Task<EncodeRun> PullAsync(IEncodeQueueGrain queue, EncodeSlot slot = EncodeSlot.Any) =>
        (await queue.PullAsync(slot, TestContext.Current.CancellationToken)).ShouldNotBeNull();

    private static async Task FinishAsync(IGrainFactory grains, EncodeRun run)
    {
        var grain = grains.GetGrain<IEncodingGrain>(run.VideoId);

        foreach (var rendition in run.Renditions)
        {
            for (var segment = run.StartOf(rendition); segment < run.To; segment++)
            {
                (await grain.ReportSegmentAsync(run, rendition, segment)).ShouldBeTrue();
            }
        }

        await grain.EndRunAsync(run, failure: null);
    }
}
