using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Latchkey.Vpn.Telegram.BotApi;

/// <summary>
/// The seven methods of the Telegram Bot API that the bot needs (https://core.telegram.org/bots/api). The token stands in the path of every
/// request, so that nothing of a request may be logged, traced or thrown.
/// </summary>
internal sealed class BotApiClient
{
    /// <summary>In UTF-16 code units, after the tags are taken out.</summary>
    public const int LongestText = 4096;

    private const string Html = "HTML";
    private static readonly BotLinkPreview NoPreview = new(IsDisabled: true);
    private static readonly string[] WantedUpdates = ["message", "callback_query"];

    private readonly HttpClient _http;
    private readonly string _base;

    public BotApiClient(HttpClient http, string address, string token)
    {
        _http = http;
        _base = $"{address.TrimEnd('/')}/bot{token}/";
    }

    public async Task<BotUser> GetMeAsync(CancellationToken cancellation)
    {
        var me = await CallAsync("getMe", new GetMeRequest(), BotApiJson.Default.GetMeRequest, cancellation);

        return Read(me, BotApiJson.Default.BotUser);
    }

    /// <param name="offset">Everything before it is taken as done, and is not sent again.</param>
    /// <param name="wait">In seconds.</param>
    public async Task<BotUpdate[]> GetUpdatesAsync(long? offset, int limit, int wait, CancellationToken cancellation)
    {
        var request = new GetUpdatesRequest(offset, limit, wait, WantedUpdates);
        var updates = await CallAsync("getUpdates", request, BotApiJson.Default.GetUpdatesRequest, cancellation);

        return Read(updates, BotApiJson.Default.BotUpdateArray);
    }

    /// <param name="text">HTML as the Bot API knows it.</param>
    public Task SendMessageAsync(long chatId, string text, BotKeyboard? keyboard, CancellationToken cancellation) =>
        CallAsync(
            "sendMessage",
            new SendMessageRequest(chatId, text, Html, NoPreview, keyboard),
            BotApiJson.Default.SendMessageRequest,
            cancellation
        );

    public Task EditMessageAsync(long chatId, long messageId, string text, BotKeyboard? keyboard, CancellationToken cancellation) =>
        CallAsync(
            "editMessageText",
            new EditMessageRequest(chatId, messageId, text, Html, NoPreview, keyboard),
            BotApiJson.Default.EditMessageRequest,
            cancellation
        );

    public async Task SendPhotoAsync(long chatId, ReadOnlyMemory<byte> png, CancellationToken cancellation)
    {
        using var photo = new ReadOnlyMemoryContent(png);
        photo.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        using var form = new MultipartFormDataContent
        {
            { new StringContent(chatId.ToString(System.Globalization.CultureInfo.InvariantCulture)), "chat_id" },
            { photo, "photo", "qr.png" },
        };

        await SendAsync("sendPhoto", form, cancellation);
    }

    /// <summary>Ends the waiting of a pressed button.</summary>
    public Task AnswerCallbackAsync(string callbackId, CancellationToken cancellation) =>
        CallAsync("answerCallbackQuery", new AnswerCallbackRequest(callbackId), BotApiJson.Default.AnswerCallbackRequest, cancellation);

    private async Task<JsonElement> CallAsync<TRequest>(
        string method,
        TRequest request,
        JsonTypeInfo<TRequest> type,
        CancellationToken cancellation
    )
    {
        using var content = JsonContent.Create(request, type);

        return await SendAsync(method, content, cancellation);
    }

    private async Task<JsonElement> SendAsync(string method, HttpContent content, CancellationToken cancellation)
    {
        try
        {
            using var response = await _http.PostAsync(new Uri(_base + method), content, cancellation);
            var answer = await response.Content.ReadFromJsonAsync(BotApiJson.Default.BotApiAnswer, cancellation);

            return answer is { Ok: true, Result: { } result } ? result : throw Refusal(response.StatusCode, answer);
        }
        catch (HttpRequestException failure)
        {
            throw new BotApiException(BotApiFailure.Unreachable, $"no connection ({failure.HttpRequestError})");
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException or IOException)
        {
            throw new BotApiException(BotApiFailure.Unreachable, "the answer is not the Bot API's");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new BotApiException(BotApiFailure.Unreachable, "no answer in time");
        }
    }

    private static T Read<T>(JsonElement result, JsonTypeInfo<T> type)
    {
        try
        {
            return result.Deserialize(type) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new BotApiException(BotApiFailure.Unreachable, "the answer is not the Bot API's");
        }
    }

    private static BotApiException Refusal(HttpStatusCode status, BotApiAnswer? answer)
    {
        var reason = (answer?.ErrorCode ?? (int)status) switch
        {
            // Of a token that cannot be one it says Not Found.
            401 or 404 => BotApiFailure.Unauthorized,
            409 => BotApiFailure.Conflict,
            429 => BotApiFailure.TooManyRequests,
            >= 400 and < 500 => BotApiFailure.Rejected,
            _ => BotApiFailure.Unreachable,
        };
        var pause = answer?.Parameters?.RetryAfter is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 3600)) : (TimeSpan?)null;

        return new BotApiException(reason, answer?.Description ?? $"status {(int)status}", pause);
    }
}
