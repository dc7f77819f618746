using System.Net;
using Latchkey.App.VideoCreation;
using Shouldly;
using Xunit;

namespace Latchkey.App.Tests.VideoCreation;

public class VideoStatusTests
{
    [Theory]
    [InlineData(VideoStage.Uploading, "uploading")]
    [InlineData(VideoStage.Uploaded, "uploaded")]
    [InlineData(VideoStage.Processing, "processing")]
    [InlineData(VideoStage.Ready, "ready")]
    [InlineData(VideoStage.Failed, "failed")]
    public async Task Can_follow_a_video(object stage, string word)
    {
        await using var app = await AppHost.StartAsync();
        app.Videos.Stage = (VideoStage)stage;
        var address = app.Host.Address.ToString().TrimEnd('/');

        var (status, body) = await app.GetAsync($"/api/video/{FakeVideoHost.VideoId}/status");

        status.ShouldBe(HttpStatusCode.OK);
        body.ToJsonString()
            .ShouldBe(
                $$"""
                {"success":true,"videoId":"{{FakeVideoHost.VideoId}}","status":"{{word}}","playerUrl":"{{address}}/player","thumbnailUrl":"{{address}}/thumbnail","hlsUrl":"{{address}}/hls","mp4Url":"{{address}}/mp4"}
                """
            );
    }

    [Fact]
    public async Task Cannot_follow_an_unknown_video()
    {
        await using var app = await AppHost.StartAsync();

        var (status, body) = await app.GetAsync("/api/video/viUnknown/status");

        status.ShouldBe(HttpStatusCode.NotFound);
        body.ToJsonString().ShouldBe("""{"success":false,"error":"Video not found"}""");
    }
}
