using System.Text.Json.Nodes;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Commands;

public sealed class VpnTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Dictionary<string, string> Settings =>
        new()
        {
            ["XRAY_CONFIG_PATH"] = _folder.File("core/config.json"),
            ["LATCHKEY_DATA"] = _folder.File("data"),
            ["V2RAY_PATH"] = "/usr/bin/v2ray",
            ["REALITY_PORT"] = $"{Server.FreePort()}",
            ["XRAY_API_PORT"] = $"{Server.FreePort()}",
        };

    [Fact]
    public async Task Can_write_a_configuration_and_run_with_the_lines_that_it_prints()
    {
        var settings = Settings;
        var output = await RunAsync(settings, "vpn", "configure", "--core", "v2ray");
        output.ShouldContain("/usr/bin/v2ray accepts it.");

        foreach (var line in output.Split('\n').Select(line => line.Trim()).Where(line => line.Contains('=') && !line.Contains(' ')))
            settings[line[..line.IndexOf('=')]] = line[(line.IndexOf('=') + 1)..];

        settings["VPN_RUN_CORE"] = "true";
        settings.Remove("LATCHKEY_DATA");
        await using var server = await Server.StartAsync(settings);

        // The core that it runs answers on the API that was configured.
        await Eventually.TrueAsync(
            async () => (bool)JsonNode.Parse(await SyncAsync(server, settings["API_SECRET_KEY"]))!["success"]!,
            TimeSpan.FromSeconds(60),
            () => server.Output
        );
    }

    [Fact]
    public async Task Can_speak_russian_and_refuse_to_overwrite()
    {
        var settings = Settings;
        settings["LC_ALL"] = "ru_RU.UTF-8";
        (await RunAsync(settings, "vpn", "configure")).ShouldContain("Добавьте в .env:");

        var again = await Command.RunAsync(Folders.Binary, ["vpn", "configure"], new(_folder.Path, settings));

        again.ExitCode.ShouldBe(1);
        again.Errors.ShouldContain("уже есть и не изменён");
        (await RunAsync(settings, "vpn", "configure", "--force")).ShouldContain(".bak");
    }

    [Fact]
    public async Task Can_import_a_database()
    {
        await Command.SucceedAsync(
            "python3",
            [
                "-c",
                """
                import sqlite3, sys
                db = sqlite3.connect(sys.argv[1])
                db.executescript("CREATE TABLE keys (id INTEGER PRIMARY KEY, uuid TEXT, short_id TEXT, name TEXT, created_at INTEGER, is_active INTEGER);"
                  "INSERT INTO keys VALUES (4, 'aaaaaaaa-0000-4000-8000-000000000004', '7bb45050', 'four', 1700000000, 1), (5, 'no uuid', '7bb45050', 'five', 1700000000, 1);")
                """,
                _folder.File("veil.db"),
            ]
        );

        var dry = await RunAsync(Settings, "vpn", "import", _folder.File("veil.db"), "--dry-run");
        var wet = await RunAsync(Settings, "vpn", "import", _folder.File("veil.db"), "--from", "veil");
        var again = await RunAsync(Settings, "vpn", "import", _folder.File("veil.db"));

        dry.ShouldContain("Keys that would be imported: 1. Nothing was changed.");
        wet.ShouldContain("Keys imported: 1.");
        wet.ShouldContain("keys.id 5: its id is no UUID");
        again.ShouldContain("Keys imported: 0.");
        again.ShouldContain("left as they are: 1.");
    }

    [Fact]
    public async Task Cannot_import_what_is_not_there()
    {
        var command = await Command.RunAsync(Folders.Binary, ["vpn", "import", _folder.File("none.db")], new(_folder.Path, Settings));

        command.ExitCode.ShouldBe(1);
        command.Errors.ShouldContain("There is no file");
    }

    private Task<string> RunAsync(Dictionary<string, string> settings, params string[] arguments) =>
        Command.SucceedAsync(Folders.Binary, arguments, new CommandSettings(_folder.Path, settings));

    private static async Task<string> SyncAsync(Server server, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/traffic/sync");
        request.Headers.Authorization = new("Bearer", secret);
        using var response = await server.Client.SendAsync(request);

        return await response.Content.ReadAsStringAsync();
    }
}
