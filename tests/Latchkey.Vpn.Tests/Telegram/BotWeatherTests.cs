using System.Collections.Concurrent;
using System.Diagnostics;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Latchkey.Testing.Telegram;
using Latchkey.Vpn.Nodes;
using Latchkey.Vpn.Telegram;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Telegram;

/// <summary>What the bot does when Telegram, or its own server, has a bad day.</summary>
public sealed class BotWeatherTests
{
    private static readonly Dictionary<Setting, string> Open = new() { [TelegramSettings.Open] = "true" };

    [Fact]
    public async Task Can_answer_although_Telegram_fails_and_asks_for_patience()
    {
        await using var bot = await BotHost.StartAsync(Open);
        var user = bot.Telegram.Person(1, "patient");
        bot.Telegram.Order("sendMessage", Misbehaviour.TooManyRequests(1), Misbehaviour.ServerError);
        bot.Telegram.Order("sendPhoto", Misbehaviour.CutOff);

        await user.AskAsync("/create", answers: 3);

        bot.Telegram.OrdersLeft("sendMessage").ShouldBe(0);
        user.Heard.Count.ShouldBe(3);
        ShouldNotTellTheToken(bot);
    }

    [Fact]
    public async Task Can_go_on_after_the_polls_failed()
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        telegram.Order("getMe", Misbehaviour.ServerError);
        telegram.Order("getUpdates", Misbehaviour.CutOff, Misbehaviour.AnswerLost, Misbehaviour.TooManyRequests(1));
        var user = telegram.Person(1, "early");
        user.Write("/create");
        await using var bot = await BotHost.StartAsync(Open, telegram: telegram);

        await Eventually.IsTrueAsync(() => user.Heard.Count == 3);

        bot.Server.Host.Logs.ShouldContain(line => line.Text == "The Telegram bot works again");
        ShouldNotTellTheToken(bot);
    }

    [Fact]
    public async Task Can_explain_once_that_somebody_else_gets_the_messages()
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        telegram.Order("getUpdates", Misbehaviour.Conflict, Misbehaviour.Conflict);
        await using var bot = await BotHost.StartAsync(Open, telegram: telegram);

        await telegram.Person(1).AskAsync("/help");

        bot.Server.Host.Logs.Where(line => line.Level == LogLevel.Warning && line.Category.Contains("Telegram", StringComparison.Ordinal))
            .ShouldHaveSingleItem()
            .Text.ShouldContain("deleteWebhook");
    }

    [Fact]
    public async Task Can_tell_who_may_set_it_up_how_and_does_nothing_else()
    {
        await using var bot = await BotHost.StartAsync(new Dictionary<Setting, string>());
        var user = bot.Telegram.Person(4711, language: "ru");

        foreach (var command in new[] { "/create", "/list", "/start", "hello" })
            (await user.AskAsync(command))[0].Text.ShouldContain("VPN_TELEGRAM_ALLOWED_IDS=4711");

        var (_, list) = await bot.Server.SendAsync(HttpMethod.Get, "/api/keys");
        ((int)list!["total"]!).ShouldBe(0);
    }

    [Fact]
    public async Task Cannot_get_a_second_key_of_a_message_that_comes_again_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        await using var telegram = await TelegramEmulator.StartAsync();
        var user = telegram.Person(1, "again");
        long update;

        await using (var before = (await BotHost.StartAsync(Open, new RunningHostOptions { DataPath = folder.Path }, telegram)).Server)
        {
            update = user.Write("/create");
            await Eventually.IsTrueAsync(() => user.Heard.Count == 3);
        }

        // It has said that it is done before it went.
        telegram.Updates.Pending.ShouldBe(0);
        telegram.Updates.Repeat(update);
        await using var after = (await BotHost.StartAsync(Open, new RunningHostOptions { DataPath = folder.Path }, telegram)).Server;
        await Eventually.IsTrueAsync(() => user.Heard.Count == 6);

        user.Heard[3].Text.ShouldBe(user.Heard[0].Text);
        var (_, list) = await after.SendAsync(HttpMethod.Get, "/api/keys");
        ((int)list!["total"]!).ShouldBe(1);
    }

    [Fact]
    public async Task Can_say_that_a_key_is_there_although_its_link_cannot_be_made()
    {
        var withoutPublicKey = VpnNodes.From(
            new LatchkeySettings(new Dictionary<string, string> { [CoreSettings.ConfigurationPath.Name] = "/nowhere/config.json" })
        );
        await using var bot = await BotHost.StartAsync(
            Open,
            new RunningHostOptions { Adjust = builder => builder.Services.Replace(ServiceDescriptor.Singleton(withoutPublicKey)) }
        );
        var user = bot.Telegram.Person(1);

        var answers = await user.AskAsync("/create", answers: 3);

        answers[0].Text.ShouldStartWith("The key is ready");
        answers[1].Text.ShouldStartWith("The link cannot be made now.");
        answers[2].Text.ShouldBe("It did not work. Please try again a little later.");
    }

    [Fact]
    public async Task Cannot_leave_the_token_in_a_trace()
    {
        var spans = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => spans.Enqueue(string.Join(' ', span.TagObjects.Select(tag => tag.Value))),
        };
        ActivitySource.AddActivityListener(listener);
        await using var bot = await BotHost.StartAsync(Open);

        await bot.Telegram.Person(1).AskAsync("/create", answers: 3);
        await bot.Server.SendAsync(HttpMethod.Get, "/api/keys?search=traced");

        // Other clients are traced, so that it would be seen.
        spans.ShouldContain(span => span.Contains("/api/keys", StringComparison.Ordinal));
        spans.ShouldNotContain(span => span.Contains(TelegramEmulator.Token, StringComparison.Ordinal));
    }

    private static void ShouldNotTellTheToken(BotHost bot) =>
        bot
            .Server.Host.Logs.Select(line => line.ToString())
            .Where(line => line.Contains(TelegramEmulator.Token.Split(':')[1], StringComparison.Ordinal))
            .ShouldBeEmpty();
}
