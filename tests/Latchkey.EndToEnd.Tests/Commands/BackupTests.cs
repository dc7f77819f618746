using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Latchkey.EndToEnd.Tests.Media;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Commands;

public sealed class BackupTests(Clips clips) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Archive => _folder.File("latchkey.tar.gz");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Can_go_on_in_another_folder_after_the_first_is_lost()
    {
        await using var server = await Server.StartAsync(new Dictionary<string, string> { ["VIDEO_LADDER"] = "240p" });
        var key = await MakeKeyAsync(server);
        var videoId = (string)(await server.CreateVideoAsync("Kept"))["videoId"]!;
        await server.UploadAsync(videoId, clips.Short);
        await server.SettledAsync(videoId);

        var said = await RunAsync(server, ["backup", Archive]);

        said.ExitCode.ShouldBe(0, said.Errors);
        said.Output.ShouldContain("is written");
        File.GetUnixFileMode(Archive).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await RunAsync(server, ["restore", Archive, "--force"])).Errors.ShouldContain("A server is running on the data folder");

        await server.KillAsync();
        (await RunAsync(server, ["restore", Archive])).Errors.ShouldContain("is not empty");

        var elsewhere = new Dictionary<string, string> { ["LATCHKEY_DATA"] = _folder.File("another/data") };
        Directory.CreateDirectory(_folder.File("another"));
        var restored = await RunAsync(server, ["restore", Archive], elsewhere);

        restored.ExitCode.ShouldBe(0, restored.Errors);
        restored.Output.ShouldContain("is restored. Start the server.");

        Directory.Delete(server.DataFolder, recursive: true);
        await server.StartAgainAsync(elsewhere);

        (await ListVideosAsync(server, key)).ShouldBe(HttpStatusCode.OK);
        (
            await Command.SucceedAsync(
                "ffmpeg",
                ["-v", "error", "-i", $"{server.Address}vod/{videoId}/hls/manifest.m3u8", "-f", "null", "-"]
            )
        ).ShouldBeEmpty();

        foreach (var text in new[] { said.Output, restored.Output, server.Output })
        {
            text.ShouldNotContain(key);
            text.ShouldNotContain(server.ApiKey);
        }
    }

    [Fact]
    public async Task Can_say_in_russian_that_videos_are_left_out()
    {
        await using var server = await Server.StartAsync();
        var russian = new Dictionary<string, string> { ["LC_ALL"] = "ru_RU.UTF-8" };

        var said = await RunAsync(server, ["backup", Archive, "--without-media"], russian);

        said.ExitCode.ShouldBe(0, said.Errors);
        said.Output.ShouldContain("Видео и картинок в нём НЕТ");
        (await RunAsync(server, ["backup", Archive], russian)).Errors.ShouldContain("уже существует");
    }

    [Fact]
    public async Task Cannot_write_to_a_full_disk()
    {
        Assert.SkipUnless(await SmallDisk.IsAllowedAsync(), "This machine allows no disk of one's own (unshare).");
        await using var server = await Server.StartAsync();
        var disk = Directory.CreateDirectory(_folder.File("disk")).FullName;
        var script = $"mount -t tmpfs -o size=64k none '{disk}' && ! '{Folders.Binary}' backup '{disk}/x.tar.gz' && ls -A '{disk}'";

        var command = await Command.RunAsync("unshare", ["-rm", "sh", "-c", script], new CommandSettings(_folder.Path, server.Settings));

        command.ExitCode.ShouldBe(0, command.Errors);
        command.Errors.ShouldContain("The backup cannot be written to");
        command.Output.ShouldBeEmpty();
    }

    private async Task<string> MakeKeyAsync(Server server)
    {
        var made = await RunAsync(server, ["keys", "create", "--name", "Kept", "--scopes", "video", "--json"]);

        return (string)JsonNode.Parse(made.Output)!["secret"]!;
    }

    private Task<Command> RunAsync(Server server, string[] arguments, Dictionary<string, string>? changes = null)
    {
        var settings = new Dictionary<string, string>(server.Settings);

        foreach (var (name, value) in changes ?? [])
            settings[name] = value;

        return Command.RunAsync(Folders.Binary, arguments, new CommandSettings(_folder.Path, settings));
    }

    private static async Task<HttpStatusCode> ListVideosAsync(Server server, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/videos"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{key}:")));
        using var http = new HttpClient();
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        return response.StatusCode;
    }
}
