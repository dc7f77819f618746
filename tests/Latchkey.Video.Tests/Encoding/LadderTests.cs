using Latchkey.Video.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

public sealed class LadderTests
{
    [Theory]
    [InlineData("240p")]
    [InlineData("1080p, 360p")]
    [InlineData("240p,360p,480p,720p,1080p,2160p")]
    public void Can_choose_qualities(string ladder) => Ladder.Validate(ladder).ShouldBeNull();

    [Theory]
    [InlineData("", "of these: 240p, 360p")]
    [InlineData(",", "of these: 240p, 360p")]
    [InlineData("720", "of these: 240p, 360p")]
    [InlineData("360p,144p", "of these: 240p, 360p")]
    [InlineData("360p,,480p", "of these: 240p, 360p")]
    [InlineData("360p,480p,360p", "twice")]
    public void Cannot_choose_what_there_is_not(string ladder, string complaint) =>
        Ladder.Validate(ladder)!.English.ShouldContain(complaint);

    [Theory]
    [InlineData("240p,360p,720p", 1280, 720, "240p 360p 720p")]
    [InlineData("720p,240p", 1920, 1080, "240p 720p")]
    [InlineData("480p,1080p", 1280, 720, "480p")]
    [InlineData("720p,1080p", 640, 360, "720p")]
    public void Can_find_what_is_allowed_of_a_picture(string ladder, int width, int height, string steps) =>
        Ladder.StepsUpTo(Ladder.StepOf(width, height), Ladder.Read(ladder.Split(','))).Select(step => step.Name).ShouldBe(steps.Split(' '));
}
