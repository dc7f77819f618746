using System.Globalization;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Latchkey.Testing.Telegram;
using Latchkey.Vpn.Telegram;
using Latchkey.Vpn.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Telegram;

/// <summary>The bot apart from the server, whose keys it reaches over the API.</summary>
public sealed class RemoteBotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Can_do_over_the_API_what_it_does_in_the_server()
    {
        await using var server = await VpnHost.StartAsync();
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var bot = Start(telegram, $"{server.Host.Address}api/", VpnHost.Secret);
        var boss = telegram.Person(1, "remote");

        var created = await boss.AskAsync("/create", answers: 3);
        var (_, list) = await server.SendAsync(HttpMethod.Get, "/api/keys");
        var key = list!["keys"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)key["name"]!).ShouldBe("remote");
        created[0].Text.ShouldContain((string)key["uuid"]!);
        created[1].Text.ShouldStartWith($"vless://{key["uuid"]}@");
        created[2].Photo.ShouldNotBeNull();

        var id = (long)key["key_id"]!;
        (await boss.AskAsync($"/traffic {id}"))[0].Text.ShouldEndWith("Total: 0.00 MB");
        (await boss.AskAsync($"/reset_traffic {id}"))[0].Text.ShouldEndWith("Before: 0.00 MB");
        (await boss.AskAsync("/list"))[0].Text.ShouldBe($"Keys 1–1 of 1\n{id} (remote)");
        (await boss.AskAsync("/link 999"))[0].Text.ShouldBe("There is no such key.");
        (await boss.PressAsync((await boss.AskAsync($"/delete {id}"))[0], "Delete")).Text.ShouldBe($"Key {id} is deleted.");
        (await server.SendAsync(HttpMethod.Get, $"/api/keys/{id}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Can_say_that_the_server_does_not_answer_and_log_why()
    {
        await using var server = await VpnHost.StartAsync();
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var refused = Start(telegram, server.Host.Address.ToString(), new string('x', 40));

        (await telegram.Person(1).AskAsync("/create"))[0].Text.ShouldBe("It did not work. Please try again a little later.");

        refused.Logs.Lines.ShouldContain(line => line.Text.Contains("401: Invalid authentication token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cannot_take_a_wrong_address_for_a_missing_key()
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        // The emulator itself knows no /api/keys and says so with a bare 404.
        await using var bot = Start(telegram, telegram.Address.ToString(), new string('x', 40));

        (await telegram.Person(1).AskAsync("/link 1"))[0].Text.ShouldBe("It did not work. Please try again a little later.");
    }

    [Theory]
    [InlineData("", "is not JSON (line 1, column 1)")]
    [InlineData("[]", "must hold a JSON object")]
    [InlineData("""{"api_key": "k"}""", "api_url is not set")]
    [InlineData("""{"api_url": "vpn.example.com", "api_key": "k"}""", "api_url must be an address")]
    [InlineData("""{"api_url": "https://vpn.example.com"}""", "api_key is not set")]
    [InlineData("""{"api_url": "https://vpn.example.com", "api_key": "your-secret-key"}""", "api_key is not set")]
    [InlineData("""{"api_url": "https://vpn.example.com", "api_key": "two words"}""", "api_key must not contain spaces")]
    [InlineData(
        """{"api_url": "https://v.example", "api_key": "k", "v2ray_path": "/no/xray"}""",
        "v2ray_path names a file that is not there"
    )]
    public void Cannot_start_with_a_file_that_is_no_good(string content, string complaint)
    {
        File.WriteAllText(_folder.File("bot.json"), content);

        Should
            .Throw<LatchkeyStartException>(() => BotFile.Read(_folder.File("bot.json"), Language.English))
            .Message.ShouldContain(complaint);
    }

    [Fact]
    public void Cannot_start_without_a_file() =>
        Should
            .Throw<LatchkeyStartException>(() => BotFile.Read(_folder.File("none.json"), Language.Russian))
            .Message.ShouldContain("не удалось прочитать");

    [Theory]
    [InlineData("https://vpn.example.com:8443")]
    [InlineData("https://vpn.example.com:8443/")]
    [InlineData("https://vpn.example.com:8443/api")]
    [InlineData("https://vpn.example.com:8443/API/")]
    public void Can_write_the_address_as_people_do(string address)
    {
        File.WriteAllText(_folder.File("bot.json"), $$"""{"api_url": "{{address}}", "api_key": "k", "v2ray_path": "/bin/sh"}""");

        BotFile.Read(_folder.File("bot.json"), Language.English).Address.ShouldBe("https://vpn.example.com:8443");
    }

    private RunningBot Start(TelegramEmulator telegram, string address, string key)
    {
        File.WriteAllText(_folder.File("bot.json"), $$"""{"api_url": "{{address}}", "api_key": "{{key}}", "v2ray_path": ""}""");

        return new RunningBot(telegram, _folder.File("bot.json"));
    }

    private sealed class RunningBot : IAsyncDisposable
    {
        private readonly CancellationTokenSource _ending = new();
        private readonly ServiceProvider _services;
        private readonly Task _run;

        public RunningBot(TelegramEmulator telegram, string file)
        {
            var settings = new LatchkeySettings(
                new Dictionary<string, string>
                {
                    [TelegramSettings.Token.Name] = TelegramEmulator.Token,
                    [TelegramSettings.ApiUrl.Name] = telegram.Address.ToString(),
                    [TelegramSettings.AllowedIds.Name] = 1.ToString(CultureInfo.InvariantCulture),
                }
            );
            var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(Logs));
            services.AddStandaloneBot(settings, file, Language.English);
            _services = services.BuildServiceProvider();
            _run = _services.GetRequiredService<IStandaloneBot>().RunAsync(_ending.Token);
        }

        public LogRecorder Logs { get; } = new();

        public async ValueTask DisposeAsync()
        {
            await _ending.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(_run);
            await _services.DisposeAsync();
            _ending.Dispose();
        }
    }
}
