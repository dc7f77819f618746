using Latchkey.EndToEnd.Tests.Media;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Deaths;

/// <summary>Ctrl+C, and a second start on a folder that is taken.</summary>
public class StopTests(Clips clips)
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Can_be_stopped_at_once_while_it_encodes_and_go_on_later()
    {
        await using var server = await Server.StartAsync();
        var videoId = (string)(await server.CreateVideoAsync("Stopped"))["videoId"]!;
        await server.UploadAsync(videoId, clips.Long);
        var encoders = await Eventually.BecomesAsync(
            () => Task.FromResult(server.Children()),
            children => children.Count > 0,
            TimeSpan.FromSeconds(20)
        );

        var (took, exitCode) = await server.InterruptAsync();

        took.ShouldBeLessThan(LongestStop);
        exitCode.ShouldBe(0, server.Output);
        encoders.ShouldAllBe(id => !Directory.Exists($"/proc/{id}"));

        await server.StartAgainAsync();
        VideoApi.Qualities(await server.SettledAsync(videoId)).ShouldAllBe(state => state == "encoded");
    }

    [Fact]
    public async Task Cannot_be_started_twice_on_one_data_folder()
    {
        await using var server = await Server.StartAsync();
        var settings = new Dictionary<string, string>(server.Settings) { ["LATCHKEY_LISTEN"] = $"http://127.0.0.1:{Server.FreePort()}" };

        var second = await Command.RunAsync(Folders.Binary, ["serve"], new CommandSettings(Environment: settings));

        second.ExitCode.ShouldNotBe(0);
        (second.Output + second.Errors).ShouldContain(server.DataFolder);
        (second.Output + second.Errors).ShouldNotContain("   at ");
        (await server.Client.GetAsync("/readyz")).IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task Cannot_be_started_on_a_port_that_is_taken()
    {
        await using var server = await Server.StartAsync();
        using var folder = new TemporaryFolder();
        var settings = new Dictionary<string, string>(server.Settings) { ["LATCHKEY_DATA"] = folder.File("data") };

        var second = await Command.RunAsync(Folders.Binary, ["serve"], new CommandSettings(Environment: settings));

        second.ExitCode.ShouldNotBe(0);
        (second.Output + second.Errors).ShouldContain($"{server.Address.Port}");
        (second.Output + second.Errors).ShouldNotContain("   at ");
    }
}
