using Latchkey.Video.Ffmpeg;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Ffmpeg;

public sealed class FfmpegPositionTests
{
    [Fact]
    public void Can_tell_moving_from_talking()
    {
        var position = new FfmpegPosition();

        position.MovesOn("frame=0").ShouldBeFalse();
        position.MovesOn("out_time_us=N/A").ShouldBeFalse();
        position.MovesOn("speed=0.1x").ShouldBeFalse();
        position.MovesOn("frame=1").ShouldBeTrue();
        position.MovesOn("out_time_us=40000").ShouldBeTrue();
        position.Seconds.ShouldBe(0.04);
        position.MovesOn("frame=1").ShouldBeFalse();
        position.MovesOn("out_time_us=40000").ShouldBeFalse();
    }
}
