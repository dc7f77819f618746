using Latchkey.EndToEnd.Tests.Media;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Commands;

public sealed class ReencodeTests(Clips clips) : IDisposable
{
    private static readonly TimeSpan LongestSweep = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Can_encode_all_videos_with_another_ladder()
    {
        await using var server = await Server.StartAsync(new Dictionary<string, string> { ["VIDEO_LADDER"] = "240p" });
        var empty = (string)(await server.CreateVideoAsync("Empty"))["videoId"]!;
        var videoId = (string)(await server.CreateVideoAsync("Full"))["videoId"]!;
        await server.UploadAsync(videoId, clips.Short);
        await server.SettledAsync(videoId);
        (await MasterAsync(server, videoId)).ShouldContain("240p/manifest.m3u8");

        await ComplainsAsync(server, "Nothing of this video is encoded yet", empty);
        await ComplainsAsync(server, "There is no video with this id", "vi0000000000000000000000");

        await server.InterruptAsync();
        var output = await Command.SucceedAsync(
            Folders.Binary,
            ["video", "reencode", "--all"],
            new CommandSettings(_folder.Path, server.Settings)
        );
        output.ShouldContain("Videos to encode again: 1.");

        await server.StartAgainAsync(new() { ["VIDEO_LADDER"] = "1080p" });
        await Eventually.TrueAsync(
            async () => !(await MasterAsync(server, videoId)).Contains("240p"),
            LongestSweep,
            () => $"The old ladder is still offered.\n{server.Output}"
        );
        (await server.StatusAsync(videoId))["encoding"]!["qualities"]!.ToJsonString().ShouldNotContain("240p");
    }

    [Theory]
    [InlineData]
    [InlineData("--all", "vi0000000000000000000000")]
    public async Task Cannot_tell_what_is_meant(params string[] wish)
    {
        var command = await Command.RunAsync(Folders.Binary, ["video", "reencode", .. wish], new(_folder.Path));

        command.ExitCode.ShouldBe(1);
        command.Errors.ShouldContain("Name one video, or say --all.");
        Directory.Exists(_folder.File("data")).ShouldBeFalse();
    }

    [Fact]
    public async Task Cannot_start_with_a_ladder_that_there_is_not()
    {
        var settings = new Dictionary<string, string> { ["VIDEO_LADDER"] = "240p,4k" };

        var command = await Command.RunAsync(Folders.Binary, ["serve"], new(_folder.Path, settings));

        command.ExitCode.ShouldNotBe(0);
        command.Errors.ShouldContain("VIDEO_LADDER");
        command.Errors.ShouldContain("must be qualities separated by commas, of these: 240p, 360p, 480p, 720p, 1080p, 2160p");
    }

    private async Task ComplainsAsync(Server server, string complaint, string videoId)
    {
        var command = await Command.RunAsync(
            Folders.Binary,
            ["video", "reencode", videoId],
            new CommandSettings(_folder.Path, server.Settings)
        );

        command.ExitCode.ShouldBe(1);
        command.Errors.ShouldContain(complaint);
    }

    private static Task<string> MasterAsync(Server server, string videoId) =>
        server.Client.GetStringAsync($"/vod/{videoId}/hls/manifest.m3u8");
}
