using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Latchkey.Testing.Telegram;
using Latchkey.Vpn.Telegram;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Telegram;

/// <summary>Where anybody may use the bot, each for their own keys.</summary>
public sealed class OpenBotTests(OpenBotTests.Fixture fixture) : IClassFixture<OpenBotTests.Fixture>
{
    private readonly BotHost _bot = fixture.Bot;

    [Fact]
    public async Task Can_use_the_only_key_without_naming_it()
    {
        var user = _bot.Telegram.Person(1, "one");
        var id = await CreateAsync(user);
        await _bot.UseAsync(id, upload: 0, download: 2 * 1024 * 1024);

        (await user.AskAsync("/traffic"))[0].Text.ShouldContain("Total: 2.00 MB");
        (await user.AskAsync("/reset_traffic"))[0].Text.ShouldEndWith("Before: 2.00 MB");
        (await user.AskAsync("/link", answers: 2))[0].Text.ShouldStartWith("vless://");
        (await user.AskAsync("/list"))[0].Text.ShouldBe($"Keys 1–1 of 1\n{id} (one)");
        (await user.PressAsync((await user.AskAsync("/delete"))[0], "Delete")).Text.ShouldBe($"Key {id} is deleted.");
        (await user.AskAsync("/list"))[0].Text.ShouldBe("There are no keys yet. /create makes one.");
        (await user.AskAsync("/link"))[0].Text.ShouldBe("There are no keys yet. /create makes one.");
    }

    [Fact]
    public async Task Cannot_have_more_keys_than_allowed()
    {
        var user = _bot.Telegram.Person(2);
        var (first, second) = (await CreateAsync(user), await CreateAsync(user));

        (await user.AskAsync("/create"))[0].Text.ShouldBe($"You have as many keys as you may have: 2.\nYour keys: {first}, {second}");
        (await user.AskAsync("/link"))[0].Text.ShouldBe($"Usage: /link <id>, such as /link 1\nYour keys: {first}, {second}");

        // Deleted by the operator, behind the bot's back.
        await _bot.Server.SendAsync(HttpMethod.Delete, $"/api/keys/{first}");
        (await CreateAsync(user)).ShouldBeGreaterThan(second);
    }

    [Fact]
    public async Task Cannot_see_reset_or_delete_the_keys_of_others()
    {
        var (owner, other) = (_bot.Telegram.Person(3), _bot.Telegram.Person(4));
        var id = await CreateAsync(owner);
        await CreateAsync(other);
        await _bot.UseAsync(id, upload: 1, download: 1);

        foreach (var command in new[] { "link", "traffic", "reset_traffic", "delete" })
            (await other.AskAsync($"/{command} {id}"))[0].Text.ShouldBe("There is no such key.");

        // The owner's button, pressed by somebody who knows how it looks.
        var heard = other.Heard.Count;
        var question = (await owner.AskAsync("/delete"))[0];
        other.Press(other.Heard[0], question.Buttons[0].Data);
        await Eventually.IsTrueAsync(() =>
            other.Heard.Any(message => message.Text == "There is no such key." && message.MessageId == other.Heard[0].MessageId)
        );

        other.Heard.Count.ShouldBe(heard);
        (await _bot.Server.SendAsync(HttpMethod.Get, $"/api/keys/{id}")).Status.ShouldBe(200);
        (await owner.AskAsync("/list"))[0].Text.ShouldStartWith("Keys 1–1 of 1\n");
        (await other.AskAsync("/list"))[0].Text.ShouldNotContain($"\n{id}");
    }

    [Fact]
    public async Task Cannot_get_more_keys_by_writing_fast()
    {
        var user = _bot.Telegram.Person(5, "fast");

        for (var i = 0; i < 10; i++)
            user.Write("/create");

        await Eventually.IsTrueAsync(() => user.Heard.Count == 2 * 3 + 8);
        var (_, list) = await _bot.Server.SendAsync(HttpMethod.Get, "/api/keys?search=fast");
        ((int)list!["total"]!).ShouldBe(2);
    }

    private static async Task<long> CreateAsync(TelegramPerson user)
    {
        var text = (await user.AskAsync("/create", answers: 3))[0].Text;

        return long.Parse(text.Split('\n')[1]["ID: ".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }

    public sealed class Fixture : BotFixture
    {
        private protected override IReadOnlyDictionary<Setting, string> Settings { get; } =
            new Dictionary<Setting, string> { [TelegramSettings.Open] = "true", [TelegramSettings.MaxKeys] = "2" };
    }
}
