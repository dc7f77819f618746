using System.Text.Json.Nodes;
using Latchkey.EndToEnd.Tests.Media;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Guide;

/// <summary>The set-up guide of the mobile backend, command for command, with nothing but a <c>.env</c> file.</summary>
public sealed class GuideTests(Clips clips) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = Server.FreePort();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Can_be_followed_to_the_end()
    {
        await File.WriteAllTextAsync(
            _folder.File(".env"),
            $"""
            APIVIDEO_API_KEY=your_api_key_here
            PORT={_port}
            NODE_ENV=development
            """
        );

        var check = await Command.RunAsync(Folders.Binary, ["check-env"], InFolder());
        check.Output.ShouldContain(_folder.File(".env"));
        check.Output.ShouldContain("PORT");
        check.ExitCode.ShouldBe(0, check.Output);

        using var server = Command.Start(Folders.Binary, ["serve"], InFolder());
        var output = server.StandardOutput.ReadToEndAsync();
        var errors = server.StandardError.ReadToEndAsync();

        try
        {
            await FollowAsync(new Uri($"http://localhost:{_port}"));
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
            TestContext.Current.TestOutputHelper?.WriteLine(await output + await errors);
        }
    }

    private async Task FollowAsync(Uri server)
    {
        await Eventually.TrueAsync(
            async () => (await CurlAsync($"{server}readyz")).ExitCode == 0,
            TimeSpan.FromSeconds(30),
            () => "The server does not answer."
        );

        var created = await CurlJsonAsync(
            "-X",
            "POST",
            $"{server}api/video/create",
            "-H",
            "Content-Type: application/json",
            "-d",
            """{"title":"Test Video"}"""
        );
        ((bool)created["success"]!).ShouldBeTrue();
        var (videoId, token) = ((string)created["videoId"]!, (string)created["uploadToken"]!);
        videoId.ShouldStartWith("vi");
        token.ShouldStartWith("tok_");
        token.Length.ShouldBe(24);

        var status = $"{server}api/video/{videoId}/status";
        ((string)(await CurlJsonAsync(status))["status"]!).ShouldBe("uploading");

        var uploaded = await CurlJsonAsync("-X", "POST", $"{server}upload?token={token}", "-F", $"file=@{clips.Short}");
        ((string)uploaded["videoId"]!).ShouldBe(videoId);
        ((string)uploaded["title"]!).ShouldBe("Test Video");

        await Eventually.BecomesAsync(
            async () => (string)(await CurlJsonAsync(status))["status"]!,
            state => state == "ready",
            TimeSpan.FromMinutes(1)
        );

        // The phone builds these addresses by itself.
        await CanBeReadByFfprobeAsync($"{server}vod/{videoId}/hls/manifest.m3u8");
        await CanBeReadInRangesAsync($"{server}vod/{videoId}/mp4/source.mp4");
        (await CurlAsync($"{server}vod/{videoId}/thumbnail.jpg")).ExitCode.ShouldBe(0);
        (await Command.SucceedAsync("curl", ["-sSf", $"{server}embed/vod/{videoId}"])).ShouldContain("<html", Case.Insensitive);
    }

    private static async Task CanBeReadByFfprobeAsync(string playlist)
    {
        var probe = JsonNode.Parse(
            await Command.SucceedAsync(
                "ffprobe",
                ["-v", "error", "-count_packets", "-show_streams", "-show_format", "-of", "json", playlist]
            )
        )!;

        double.Parse((string)probe["format"]!["duration"]!, System.Globalization.CultureInfo.InvariantCulture).ShouldBe(12, tolerance: 0.1);
        probe["streams"]!
            .AsArray()
            .Select(stream => (string)stream!["codec_name"]!)
            .Distinct()
            .ShouldBe(["h264", "aac"], ignoreOrder: true);
        probe["streams"]!
            .AsArray()
            .Where(stream => (string)stream!["codec_type"]! == "video")
            .Select(stream => (string)stream!["nb_read_packets"]!)
            .ShouldAllBe(packets => packets == "300");
    }

    private static async Task CanBeReadInRangesAsync(string file)
    {
        var headers = await Eventually.BecomesAsync(
            () => Command.SucceedAsync("curl", ["-sS", "-o", "/dev/null", "-D", "-", "-r", "100-199", file]),
            answer => !answer.Contains(" 202 ", StringComparison.Ordinal),
            TimeSpan.FromMinutes(1)
        );

        headers.ShouldContain("206");
        headers.ShouldContain("Content-Range: bytes 100-199/", Case.Insensitive);
        headers.ShouldContain("Content-Length: 100", Case.Insensitive);

        var download = await Command.SucceedAsync("curl", ["-sS", "-o", "/dev/null", "-D", "-", $"{file}?dl=1"]);
        download.ShouldContain("Content-Disposition: attachment", Case.Insensitive);
    }

    private static async Task<JsonNode> CurlJsonAsync(params string[] arguments) =>
        JsonNode.Parse(await Command.SucceedAsync("curl", ["-sS", .. arguments]))!;

    private static Task<Command> CurlAsync(string address) => Command.RunAsync("curl", ["-sSf", "-o", "/dev/null", address]);

    private CommandSettings InFolder() => new(_folder.Path);
}
