using System.Text.Json.Nodes;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Commands;

public sealed class CheckEnvTests : IDisposable
{
    private const string Secret = "f3b1c0ffee7421a9d2b85e64";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Can_say_of_every_setting_what_it_is_and_never_shows_a_secret()
    {
        await WriteAsync($"PORT=3001\nLATCHKEY_API_KEY={Secret}\nAPIVIDEO_API_KEY=your_api_key_here\nSMS_PASSWORD=tiny\n");

        var check = await CheckAsync();

        check.ExitCode.ShouldBe(0, check.Output + check.Errors);
        check.Output.ShouldContain(_folder.File(".env"));
        check.Output.ShouldMatch(@"PORT +set +optional +3001 \(\.env, line 1\)");
        check.Output.ShouldMatch(@"LATCHKEY_API_KEY +set +optional +••••5e64 \(24\)");
        check.Output.ShouldMatch("APIVIDEO_API_KEY +placeholder +optional");
        check.Output.ShouldMatch("SUPABASE_URL +missing +optional");
        check.Output.ShouldContain("Where to get it: https://dashboard.api.video");
        check.Output.ShouldContain("embedded Video module");
        check.Output.ShouldNotContain(Secret);
        check.Output.ShouldNotContain("tiny");
    }

    [Fact]
    public async Task Can_print_JSON_without_secrets()
    {
        await WriteAsync($"API_VIDEO_KEY={Secret}\n");

        var check = await CheckAsync("--json");

        var json = JsonNode.Parse(check.Output)!;
        ((bool)json["ok"]!).ShouldBeTrue();
        var key = json["settings"]!.AsArray().Single(setting => (string)setting!["name"]! == "APIVIDEO_API_KEY")!;
        ((string)key["state"]!).ShouldBe("set");
        ((string)key["place"]!["name"]!).ShouldBe("API_VIDEO_KEY");
        ((string)key["remark"]!).ShouldContain("upstream mode is not built yet");
        check.Output.ShouldNotContain(Secret);
    }

    [Fact]
    public async Task Can_speak_Russian()
    {
        await WriteAsync("PROT=3001\n");

        var check = await CheckWithAsync(
            new()
            {
                ["LANG"] = "ru_RU.UTF-8",
                ["LC_ALL"] = "",
                ["LC_MESSAGES"] = "",
            }
        );

        check.Output.ShouldMatch("PORT +не задано +необязательно");
        check.Output.ShouldContain(".env, строка 1: PROT нет такой настройки: возможно, имелось в виду PORT?");
    }

    [Fact]
    public async Task Cannot_pass_with_a_value_that_the_server_refuses()
    {
        await WriteAsync("PORT=none\nAPP_VIDEO=cloud\n");

        var check = await CheckAsync();
        var server = await Command.RunAsync(Folders.Binary, [], InFolder());

        check.ExitCode.ShouldBe(1);
        check.Output.ShouldMatch("PORT +invalid");
        server.ExitCode.ShouldBe(1);
        server.Errors.ShouldContain(".env, line 1: PORT must be a whole number from 1 to 65535");
        server.Errors.ShouldContain(".env, line 2: APP_VIDEO must be one of: embedded, upstream");
        server.Errors.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Cannot_pass_without_what_another_setting_makes_required()
    {
        await WriteAsync("APP_VIDEO=upstream\n");

        var check = await CheckAsync();

        check.ExitCode.ShouldBe(1);
        check.Output.ShouldMatch("APIVIDEO_API_KEY +missing +required");
    }

    [Fact]
    public async Task Can_find_the_guides_place_and_the_named_file()
    {
        Directory.CreateDirectory(_folder.File("backend"));
        await File.WriteAllTextAsync(_folder.File("backend/.env"), "PORT=3001\nSMS_LOGIN=me\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder.File("other.env"), "PORT=3002\n", TestContext.Current.CancellationToken);

        var check = await CheckWithAsync(new() { ["LATCHKEY_ENV_FILE"] = "other.env" });

        check.Output.ShouldMatch(@"PORT +set +optional +3002 \(other\.env, line 1\)");
        check.Output.ShouldMatch(@"SMS_LOGIN +set +optional +me \(backend/\.env, line 2\)");
    }

    [Fact]
    public async Task Can_say_when_a_file_is_newer_than_what_the_server_has_loaded()
    {
        await using var server = await Server.StartAsync();
        var environment = server.Settings.ToDictionary();
        await WriteAsync("SMS_LOGIN=me\n");
        File.SetLastWriteTimeUtc(_folder.File(".env"), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1));

        (await CheckWithAsync(environment)).Output.ShouldContain(
            $"The server at {server.Address.GetLeftPart(UriPartial.Authority)} runs with these settings files."
        );

        File.SetLastWriteTimeUtc(_folder.File(".env"), TimeProvider.System.GetUtcNow().UtcDateTime);

        (await CheckWithAsync(environment)).Output.ShouldContain("restart it");

        await server.KillAsync();

        (await CheckWithAsync(environment)).Output.ShouldNotContain("restart it");
    }

    [Fact]
    public async Task Can_ask_the_provider_whether_a_key_works()
    {
        // The provider is another Latchkey: the endpoints are the same.
        await using var provider = await Server.StartAsync();
        await WriteAsync($"APIVIDEO_BASE_URL={provider.Address}\nAPIVIDEO_API_KEY={provider.ApiKey}\n");

        (await CheckAsync("--online")).Output.ShouldContain("online: works");

        await WriteAsync($"APIVIDEO_BASE_URL={provider.Address}\nAPIVIDEO_API_KEY={Secret}\n");

        var refused = await CheckAsync("--online");
        refused.Output.ShouldContain("online: the service refuses this key");
        refused.ExitCode.ShouldBe(0, "The key is optional.");

        await WriteAsync($"APIVIDEO_BASE_URL={provider.Address}\nAPIVIDEO_API_KEY={Secret}\nAPP_VIDEO=upstream\n");

        (await CheckAsync("--online")).ExitCode.ShouldBe(1);

        await provider.KillAsync();

        (await CheckAsync("--online")).Output.ShouldContain("online: no connection can be made");
    }

    private Task WriteAsync(string content) => File.WriteAllTextAsync(_folder.File(".env"), content, TestContext.Current.CancellationToken);

    private Task<Command> CheckAsync(params string[] arguments) =>
        Command.RunAsync(Folders.Binary, ["check-env", .. arguments], InFolder());

    private Task<Command> CheckWithAsync(Dictionary<string, string> environment) =>
        Command.RunAsync(Folders.Binary, ["check-env"], InFolder(environment));

    private CommandSettings InFolder(Dictionary<string, string>? environment = null) =>
        new(_folder.Path, environment ?? new() { ["LC_ALL"] = "C.UTF-8" });
}
