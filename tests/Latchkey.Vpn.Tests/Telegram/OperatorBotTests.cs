using System.Globalization;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Latchkey.Testing.Telegram;
using Latchkey.Vpn.Telegram;
using QRCoder;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Telegram;

/// <summary>Where only some may use the bot, and for all keys.</summary>
public sealed class OperatorBotTests(OperatorBotTests.Fixture fixture) : IClassFixture<OperatorBotTests.Fixture>
{
    private const int FirstOperator = 1001;
    private const int Operators = 20;

    private readonly BotHost _bot = fixture.Bot;

    [Fact]
    public async Task Can_make_a_key_and_get_its_link_and_picture()
    {
        var anna = Operator(0, "anna");

        var answers = await anna.AskAsync("/create", answers: 3);

        var key = (await FindAsync("anna")).ShouldNotBeNull();
        answers[0].Text.ShouldContain($"ID: {key.Id}");
        answers[0].Text.ShouldContain($"UUID: {key.Uuid}");
        var (_, body) = await _bot.Server.SendAsync(HttpMethod.Get, $"/api/keys/{key.Id}/link");
        var link = (string)body!["vless_link"]!;
        link.ShouldContain("@vpn.example.net:443?");
        answers[1].Text.ShouldStartWith(link + "\n");
        answers[2].Photo.ShouldBe(PngOf(link));
        _bot.Telegram.Refusals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Can_name_a_key_after_the_number_of_who_has_no_name()
    {
        await Operator(1).AskAsync("/create", answers: 3);

        (await FindAsync((FirstOperator + 1).ToString(CultureInfo.InvariantCulture))).ShouldNotBeNull();
    }

    [Fact]
    public async Task Can_see_and_reset_traffic_in_megabytes()
    {
        var boss = Operator(2);
        var id = (long)(await _bot.Server.CreateKeyAsync())["key_id"]!;
        await _bot.UseAsync(id, upload: 1_572_864, download: 5_000_000);

        (await boss.AskAsync($"/traffic {id}"))[0].Text.ShouldBe($"Key {id}\nUploaded: 1.50 MB\nDownloaded: 4.77 MB\nTotal: 6.27 MB");
        (await boss.AskAsync($"/reset_traffic {id}"))[0].Text.ShouldEndWith("Before: 6.27 MB");
        (await boss.AskAsync($"/traffic {id}"))[0].Text.ShouldEndWith("Total: 0.00 MB");
    }

    [Fact]
    public async Task Can_delete_a_key_after_saying_yes()
    {
        var boss = Operator(3);
        var id = (long)(await _bot.Server.CreateKeyAsync("""{"name": "<b>&"}"""))["key_id"]!;

        var question = (await boss.AskAsync($"/delete {id}"))[0];
        question.Text.ShouldContain($"Delete key {id} (<b>&)?");
        (await _bot.Server.SendAsync(HttpMethod.Get, $"/api/keys/{id}")).Status.ShouldBe(200);

        var answer = await boss.PressAsync(question, "Delete");
        answer.Text.ShouldBe($"Key {id} is deleted.");
        answer.Buttons.ShouldBeEmpty();
        (await _bot.Server.SendAsync(HttpMethod.Get, $"/api/keys/{id}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Can_keep_a_key_after_all()
    {
        var boss = Operator(4);
        var id = (long)(await _bot.Server.CreateKeyAsync())["key_id"]!;

        (await boss.PressAsync((await boss.AskAsync($"/delete {id}"))[0], "Keep")).Text.ShouldBe("Nothing was deleted.");

        (await _bot.Server.SendAsync(HttpMethod.Get, $"/api/keys/{id}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Can_turn_the_pages_of_a_long_list_with_long_and_odd_names()
    {
        var boss = Operator(5);
        var longest = string.Concat(Enumerable.Repeat("😀&", 127));

        for (var i = 0; i < 45; i++)
            await _bot.Server.CreateKeyAsync($$"""{"name": "{{longest}}"}""");

        var page = (await boss.AskAsync("/list"))[0];
        page.Text.ShouldStartWith("Keys 1–20 of ");
        page.Text.Split('\n').Length.ShouldBe(21);
        page = await boss.PressAsync(page, "Next ›");
        page.Text.ShouldStartWith("Keys 21–40 of ");
        (await boss.PressAsync(page, "‹ Back")).Text.ShouldStartWith("Keys 1–20 of ");
        _bot.Telegram.Refusals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Can_show_the_link_of_the_longest_name()
    {
        var boss = Operator(6);
        var id = (long)(await _bot.Server.CreateKeyAsync($$"""{"name": "{{string.Concat(Enumerable.Repeat("😀", 255))}}"}"""))["key_id"]!;

        var answers = await boss.AskAsync($"/link {id}", answers: 2);

        answers[0].Text.ShouldStartWith("vless://");
        answers[1].Photo.ShouldNotBeNull();
        _bot.Telegram.Refusals.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("link")]
    [InlineData("traffic")]
    [InlineData("reset_traffic")]
    [InlineData("delete")]
    public async Task Cannot_use_a_command_without_saying_which_key(string command)
    {
        var boss = Operator(7);
        var usage = $"Usage: /{command} <id>, such as /{command} 1";

        (await boss.AskAsync($"/{command}"))[0].Text.ShouldBe(usage);
        (await boss.AskAsync($"/{command} abc"))[0].Text.ShouldBe(usage);
        (await boss.AskAsync($"/{command} 1; DROP TABLE vpn_keys"))[0].Text.ShouldBe(usage);
        (await boss.AskAsync($"/{command} 999999999"))[0].Text.ShouldBe("There is no such key.");
    }

    [Fact]
    public async Task Can_be_spoken_to_in_russian()
    {
        var vasya = Operator(8, "vasya", "ru-RU");

        (await vasya.AskAsync("/start"))[0].Text.ShouldContain("/create – новый ключ");
        (await vasya.AskAsync("/traffic"))[0].Text.ShouldBe("Использование: /traffic <id>, например /traffic 1");
        (await vasya.AskAsync("/traffic 999999999"))[0].Text.ShouldBe("Такого ключа нет.");
        (await vasya.AskAsync("/create", answers: 3))[0].Text.ShouldStartWith("Ключ готов");
    }

    [Fact]
    public async Task Can_name_the_commands_to_who_asks_or_is_lost()
    {
        var lost = Operator(9);

        (await lost.AskAsync("/help@emulated_bot"))[0].Text.ShouldContain("/reset_traffic <id>");
        (await lost.AskAsync("hello"))[0].Text.ShouldContain("/help");
        (await lost.AskAsync("/"))[0].Text.ShouldContain("/help");
    }

    [Fact]
    public async Task Cannot_be_used_by_anybody_else()
    {
        var stranger = _bot.Telegram.Person(66, "stranger");
        var id = (long)(await _bot.Server.CreateKeyAsync())["key_id"]!;

        foreach (var command in new[] { "/create", $"/link {id}", $"/delete {id}", "/list", "/start" })
            (await stranger.AskAsync(command))[0]
                .Text.ShouldBe("You may not use this bot. Your id is 66; the server's operator can add it.");

        // A button that they were never shown.
        stranger.Press(stranger.Heard[0], $"delete:{id}");
        await Eventually.IsTrueAsync(() => stranger.Heard.Count == 6);

        (await _bot.Server.SendAsync(HttpMethod.Get, $"/api/keys/{id}")).Status.ShouldBe(200);
        (await FindAsync("stranger")).ShouldBeNull();
    }

    [Fact]
    public async Task Cannot_be_led_to_show_secrets_to_a_group()
    {
        var boss = Operator(10, "grouped");
        boss.Write("/create", chat: "supergroup");

        await Eventually.IsTrueAsync(() => boss.Heard.Count == 1);
        boss.Heard[0].Text.ShouldBe("Links are secrets: please write to me in a private chat.");
        (await FindAsync("grouped")).ShouldBeNull();
    }

    [Fact]
    public async Task Cannot_get_a_second_key_of_a_message_that_comes_twice()
    {
        var boss = Operator(11, "twice");
        var update = boss.Write("/create");
        await Eventually.IsTrueAsync(() => boss.Heard.Count == 3);

        _bot.Telegram.Updates.Repeat(update);
        await Eventually.IsTrueAsync(() => _bot.Telegram.Updates.Pending == 0);
        await boss.AskAsync("/help");

        boss.Heard.Count.ShouldBe(4);
        (await CountAsync("twice")).ShouldBe(1);
    }

    private TelegramPerson Operator(int number, string? name = null, string language = "en") =>
        _bot.Telegram.Person(FirstOperator + number, name, language);

    private async Task<(long Id, string Uuid)?> FindAsync(string name)
    {
        var (_, list) = await _bot.Server.SendAsync(HttpMethod.Get, "/api/keys");

        return list!["keys"]!.AsArray().FirstOrDefault(key => (string?)key!["name"] == name) is { } key
            ? ((long)key["key_id"]!, (string)key["uuid"]!)
            : null;
    }

    private async Task<int> CountAsync(string name)
    {
        var (_, list) = await _bot.Server.SendAsync(HttpMethod.Get, "/api/keys");

        return list!["keys"]!.AsArray().Count(key => (string?)key!["name"] == name);
    }

    private static byte[] PngOf(string link)
    {
        using var data = QRCodeGenerator.GenerateQrCode(link, QRCodeGenerator.ECCLevel.L);
        using var picture = new PngByteQRCode(data);

        return picture.GetGraphic(8);
    }

    public sealed class Fixture : BotFixture
    {
        private protected override IReadOnlyDictionary<Setting, string> Settings { get; } =
            new Dictionary<Setting, string>
            {
                [TelegramSettings.AllowedIds] = string.Join(',', Enumerable.Range(FirstOperator, Operators)),
                // The list wins.
                [TelegramSettings.Open] = "true",
            };
    }
}
