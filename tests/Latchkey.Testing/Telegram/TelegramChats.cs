using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Testing.Telegram;

/// <summary>What the bot has sent. The rules are those of https://core.telegram.org/bots/api.</summary>
internal sealed class TelegramChats
{
    private const int LongestText = 4096;
    private const int LongestCallbackData = 64;

    private static readonly string[] Tags = ["b", "i", "u", "s", "code", "pre", "a"];
    private static readonly byte[] PngSignature = [0x89, 0x50, 0x4E, 0x47];

    private readonly Lock _lock = new();
    private readonly List<TelegramMessage> _messages = [];
    private readonly HashSet<string> _released = [];

    public IReadOnlyList<TelegramMessage> Messages
    {
        get
        {
            lock (_lock)
                return [.. _messages];
        }
    }

    public JsonNode Send(JsonNode request) =>
        Add(new TelegramMessage((long)request["chat_id"]!, 0, VisibleText(request), Buttons(request), null));

    public async Task<JsonNode> SendPhotoAsync(IFormCollection form)
    {
        using var photo = new MemoryStream();
        await (form.Files["photo"] ?? throw TelegramRefusalException.Bad("there is no photo in the request")).CopyToAsync(photo);

        if (!photo.ToArray().AsSpan().StartsWith(PngSignature))
            throw TelegramRefusalException.Bad("IMAGE_PROCESS_FAILED");

        return Add(new TelegramMessage(long.Parse(form["chat_id"].ToString(), CultureInfo.InvariantCulture), 0, "", [], photo.ToArray()));
    }

    public JsonNode Edit(JsonNode request)
    {
        var (text, buttons) = (VisibleText(request), Buttons(request));

        lock (_lock)
        {
            var index = _messages.FindIndex(message =>
                message.ChatId == (long)request["chat_id"]! && message.MessageId == (long)request["message_id"]!
            );

            if (index < 0)
                throw TelegramRefusalException.Bad("message to edit not found");
            if (_messages[index].Text == text && _messages[index].Buttons.SequenceEqual(buttons))
                throw TelegramRefusalException.Bad(
                    "message is not modified: specified new message content and reply markup are exactly the same as a current content"
                );

            _messages[index] = _messages[index] with { Text = text, Buttons = buttons };

            return Json(_messages[index]);
        }
    }

    public JsonNode Release(JsonNode request)
    {
        lock (_lock)
        {
            if (!_released.Add((string)request["callback_query_id"]!))
                throw TelegramRefusalException.Bad("query is too old and response timeout expired or query ID is invalid");
        }

        return JsonValue.Create(true);
    }

    private JsonNode Add(TelegramMessage message)
    {
        lock (_lock)
        {
            message = message with { MessageId = _messages.Count + 1 };
            _messages.Add(message);
        }

        return Json(message);
    }

    private static JsonObject Json(TelegramMessage message) =>
        new()
        {
            ["message_id"] = message.MessageId,
            ["chat"] = new JsonObject { ["id"] = message.ChatId, ["type"] = "private" },
            ["text"] = message.Text,
        };

    private static string VisibleText(JsonNode request)
    {
        var text = (string?)request["text"] ?? "";
        var visible = (string?)request["parse_mode"] == "HTML" ? WithoutTags(text) : text;

        if (string.IsNullOrWhiteSpace(visible))
            throw TelegramRefusalException.Bad("message text is empty");

        return visible.Length > LongestText ? throw TelegramRefusalException.Bad("message is too long") : visible;
    }

    private static string WithoutTags(string html)
    {
        try
        {
            var parsed = XElement.Parse($"<m>{html}</m>", LoadOptions.PreserveWhitespace);

            return parsed.Descendants().FirstOrDefault(tag => !Tags.Contains(tag.Name.LocalName)) is { } unknown
                ? throw TelegramRefusalException.Bad($"can't parse entities: Unsupported start tag \"{unknown.Name}\"")
                : parsed.Value;
        }
        catch (XmlException failure)
        {
            throw TelegramRefusalException.Bad($"can't parse entities: {failure.Message}");
        }
    }

    private static IReadOnlyList<TelegramButton> Buttons(JsonNode request)
    {
        var buttons = (request["reply_markup"]?["inline_keyboard"]?.AsArray() ?? [])
            .SelectMany(row => row!.AsArray())
            .Select(button => new TelegramButton((string)button!["text"]!, (string)button["callback_data"]!))
            .ToList();

        return buttons.TrueForAll(button => Encoding.UTF8.GetByteCount(button.Data) is > 0 and <= LongestCallbackData)
            ? buttons
            : throw TelegramRefusalException.Bad("BUTTON_DATA_INVALID");
    }
}

/// <param name="Text">As people see it, without tags.</param>
public sealed record TelegramMessage(long ChatId, long MessageId, string Text, IReadOnlyList<TelegramButton> Buttons, byte[]? Photo);

/// <param name="Data">What comes back when it is pressed.</param>
public sealed record TelegramButton(string Text, string Data);
