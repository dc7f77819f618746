using Latchkey.Video.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

public sealed class EncodingOptionsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(48)]
    [InlineData(128)]
    public void Can_fill_the_cores_without_crowding_them(int cores)
    {
        var options = new EncodingOptions(EncodingOptions.SlotsFor(cores), []);
        var threads = Chosen(options.Threads(cores), cores);

        (options.Slots * threads).ShouldBeInRange((cores + 1) / 2, cores, "the background has the cores, and no more");
        Chosen(EncodingOptions.UrgentThreads(cores), cores).ShouldBe(Math.Min(cores, 16), "who waits has all that helps");
    }

    [Theory]
    [InlineData(2, 2, 1)]
    [InlineData(2, 8, 1)]
    [InlineData(8, 3, 2)]
    [InlineData(64, 2, 16)]
    public void Can_share_the_cores_among_as_many_runs_as_the_operator_wants(int cores, int slots, int threads) =>
        new EncodingOptions(slots, []).Threads(cores).ShouldBe(threads);

    /// <summary>Left to itself, ffmpeg takes a thread a core.</summary>
    private static int Chosen(int threads, int cores) => threads == 0 ? cores : threads;
}
