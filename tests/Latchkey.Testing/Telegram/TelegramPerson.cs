using System.Text.Json.Nodes;

namespace Latchkey.Testing.Telegram;

/// <summary>Somebody who writes to the bot in a private chat.</summary>
public sealed class TelegramPerson(TelegramEmulator telegram, long id, string? name, string? language)
{
    public long Id { get; } = id;

    /// <summary>What the bot has told them, oldest first.</summary>
    public IReadOnlyList<TelegramMessage> Heard => [.. telegram.Messages.Where(message => message.ChatId == Id)];

    /// <summary>Writes, and waits for as many messages as the bot should answer with.</summary>
    public async Task<IReadOnlyList<TelegramMessage>> AskAsync(string text, int answers = 1)
    {
        var before = Heard.Count;
        Write(text);
        await Eventually.IsTrueAsync(
            () => Heard.Count >= before + answers,
            $"the bot does not answer {text}; it said: {string.Join(" | ", Heard.Skip(before).Select(message => message.Text))}; "
                + string.Join(" | ", telegram.Refusals)
        );

        return [.. Heard.Skip(before)];
    }

    /// <returns>The update's number.</returns>
    public long Write(string text, string chat = "private") =>
        telegram.Updates.Add(
            "message",
            new JsonObject
            {
                ["message_id"] = 1,
                ["from"] = Self(),
                ["chat"] = new JsonObject { ["id"] = Id, ["type"] = chat },
                ["date"] = 1_700_000_000,
                ["text"] = text,
            }
        );

    /// <summary>Presses a button under a message, and waits until the message says something else.</summary>
    public async Task<TelegramMessage> PressAsync(TelegramMessage message, string button)
    {
        Press(message, message.Buttons.Single(one => one.Text == button).Data);
        await Eventually.IsTrueAsync(() => Now(message).Text != message.Text, $"nothing comes of pressing {button}");

        return Now(message);
    }

    public long Press(TelegramMessage message, string data) =>
        telegram.Updates.Add(
            "callback_query",
            new JsonObject
            {
                ["id"] = Guid.NewGuid().ToString("N"),
                ["from"] = Self(),
                ["message"] = new JsonObject
                {
                    ["message_id"] = message.MessageId,
                    ["chat"] = new JsonObject { ["id"] = message.ChatId, ["type"] = "private" },
                    ["text"] = message.Text,
                },
                ["data"] = data,
            }
        );

    private TelegramMessage Now(TelegramMessage message) => Heard.Single(one => one.MessageId == message.MessageId);

    private JsonObject Self() =>
        new()
        {
            ["id"] = Id,
            ["is_bot"] = false,
            ["first_name"] = "Somebody",
            ["username"] = name,
            ["language_code"] = language,
        };
}
