using System.Text.Json;
using System.Text.Json.Serialization;

namespace Latchkey.Vpn.Telegram.BotApi;

/// <summary>What the Bot API answers to everything (https://core.telegram.org/bots/api#making-requests).</summary>
internal sealed record BotApiAnswer(bool Ok, JsonElement? Result, string? Description, int? ErrorCode, BotApiParameters? Parameters);

internal sealed record BotApiParameters(int? RetryAfter);

internal sealed record BotUpdate(long UpdateId, BotMessage? Message, BotCallback? CallbackQuery);

internal sealed record BotMessage(long MessageId, BotUser? From, BotChat Chat, string? Text);

internal sealed record BotCallback(string Id, BotUser From, BotMessage? Message, string? Data);

internal sealed record BotUser(long Id, bool IsBot, string? FirstName, string? Username, string? LanguageCode);

/// <param name="Type">private, group, supergroup or channel.</param>
internal sealed record BotChat(long Id, string Type);

internal sealed record BotKeyboard(IReadOnlyList<IReadOnlyList<BotButton>> InlineKeyboard);

internal sealed record BotButton(string Text, string CallbackData);

internal sealed record BotLinkPreview(bool IsDisabled);

internal sealed record GetMeRequest;

/// <param name="Timeout">In seconds: how long to wait for something to come.</param>
internal sealed record GetUpdatesRequest(long? Offset, int Limit, int Timeout, IReadOnlyList<string> AllowedUpdates);

internal sealed record SendMessageRequest(
    long ChatId,
    string Text,
    string ParseMode,
    BotLinkPreview LinkPreviewOptions,
    BotKeyboard? ReplyMarkup
);

internal sealed record EditMessageRequest(
    long ChatId,
    long MessageId,
    string Text,
    string ParseMode,
    BotLinkPreview LinkPreviewOptions,
    BotKeyboard? ReplyMarkup
);

internal sealed record AnswerCallbackRequest(string CallbackQueryId);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(BotApiAnswer))]
[JsonSerializable(typeof(BotUpdate[]))]
[JsonSerializable(typeof(GetMeRequest))]
[JsonSerializable(typeof(GetUpdatesRequest))]
[JsonSerializable(typeof(SendMessageRequest))]
[JsonSerializable(typeof(EditMessageRequest))]
[JsonSerializable(typeof(AnswerCallbackRequest))]
internal sealed partial class BotApiJson : JsonSerializerContext;
