using System.Diagnostics;
using System.Globalization;
using Latchkey.EndToEnd.Tests.Running;
using Latchkey.Testing.Telegram;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Telegram;

/// <summary><c>latchkey vpn bot</c>, apart from the server whose keys it works on.</summary>
public sealed class StandaloneBotTests : IDisposable
{
    private const string Secret = "a-secret-of-the-bot-0123456789abcdef01";

    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Can_make_keys_on_a_server_elsewhere_without_telling_the_token()
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var server = await StartServerAsync();
        await File.WriteAllTextAsync(
            _folder.File("bot.json"),
            $$"""{"api_url": "{{server.Address}}api", "api_key": "{{Secret}}", "v2ray_path": "/bin/sh"}"""
        );
        telegram.Order("getUpdates", Misbehaviour.ServerError, Misbehaviour.CutOff);
        using var bot = StartBot(telegram, new() { ["VPN_TELEGRAM_OPEN"] = "true", ["LATCHKEY_DATA"] = _folder.File("bot-data") });

        var output = bot.StandardOutput.ReadToEndAsync();
        var errors = bot.StandardError.ReadToEndAsync();

        try
        {
            await TalkAsync(telegram);
            await Command.SucceedAsync("sh", ["-c", $"kill -INT {bot.Id}"]);
            await bot.WaitForExitAsync().WaitAsync(LongestStop);
        }
        finally
        {
            bot.Kill();
            TestContext.Current.TestOutputHelper?.WriteLine(await output + await errors);
        }

        var written = await output + await errors;
        bot.ExitCode.ShouldBe(0, written);
        written.ShouldContain("@emulated_bot");
        written.ShouldNotContain(TelegramEmulator.Token.Split(':')[1]);
        written.ShouldNotContain(Secret);
    }

    [Fact]
    public async Task Can_ask_telegram_whether_it_knows_the_token()
    {
        await using var telegram = await TelegramEmulator.StartAsync();

        var good = await CheckAsync(telegram, TelegramEmulator.Token);
        good.ShouldNotContain("Telegram does not know this token");
        good.ShouldNotContain(TelegramEmulator.Token);

        (await CheckAsync(telegram, "123456789:AnotherTokenThatTelegramDoesNotKnow")).ShouldContain("Telegram does not know this token");
    }

    [Fact]
    public async Task Cannot_start_without_a_token_or_with_a_bad_file()
    {
        await File.WriteAllTextAsync(_folder.File("bot.json"), """{"api_key": "k"}""");
        var arguments = new[] { "vpn", "bot", "--config", _folder.File("bot.json") };

        var tokenless = await Command.RunAsync(Folders.Binary, arguments, new CommandSettings(_folder.Path));
        tokenless.ExitCode.ShouldBe(1);
        tokenless.Errors.ShouldContain("VPN_TELEGRAM_BOT_TOKEN is not set");

        var bad = await Command.RunAsync(
            Folders.Binary,
            arguments,
            new CommandSettings(_folder.Path, new Dictionary<string, string> { ["VPN_TELEGRAM_BOT_TOKEN"] = TelegramEmulator.Token })
        );
        bad.ExitCode.ShouldBe(1);
        bad.Errors.ShouldContain("bot.json: api_url is not set");
    }

    private static async Task TalkAsync(TelegramEmulator telegram)
    {
        await Eventually.TrueAsync(
            () => Task.FromResult(telegram.OrdersLeft("getUpdates") == 0),
            LongestStart,
            () => "The bot does not ask for messages."
        );
        var user = telegram.Person(1, "far_away");

        var answers = await user.AskAsync("/create", answers: 3);
        answers[1].Text.ShouldEndWith("#far_away\n\nCopy the link into your VPN app, or scan the picture.");
        (await user.AskAsync("/create"))[0].Text.ShouldStartWith("You have as many keys as you may have: 1.");
        (await user.AskAsync("/traffic"))[0].Text.ShouldContain("Total: 0.00 MB");
    }

    private async Task<string> CheckAsync(TelegramEmulator telegram, string token) =>
        (
            await Command.RunAsync(
                Folders.Binary,
                ["check-env", "--online"],
                new CommandSettings(
                    _folder.Path,
                    new Dictionary<string, string>
                    {
                        ["VPN_TELEGRAM_BOT_TOKEN"] = token,
                        ["VPN_TELEGRAM_API_URL"] = telegram.Address.ToString(),
                    }
                )
            )
        ).Output;

    private Process StartBot(TelegramEmulator telegram, Dictionary<string, string> settings) =>
        Command.Start(
            Folders.Binary,
            ["vpn", "bot", "--config", _folder.File("bot.json")],
            new CommandSettings(
                _folder.Path,
                new Dictionary<string, string>(settings)
                {
                    ["VPN_TELEGRAM_BOT_TOKEN"] = TelegramEmulator.Token,
                    ["VPN_TELEGRAM_API_URL"] = telegram.Address.ToString(),
                }
            )
        );

    private static Task<Server> StartServerAsync() =>
        Server.StartAsync(
            new Dictionary<string, string>
            {
                ["LATCHKEY_MODULES"] = "vpn",
                ["API_SECRET_KEY"] = Secret,
                ["XRAY_API_PORT"] = Server.FreePort().ToString(CultureInfo.InvariantCulture),
                ["XRAY_CONFIG_PATH"] = "/nowhere/config.json",
                ["REALITY_PUBLIC_KEY"] = "Z84J2IelR9ch3k8VtlVhhs5ycBUlXA7wHBWcBrjqnAw",
            }
        );
}
