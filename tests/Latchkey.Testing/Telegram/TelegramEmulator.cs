using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Testing.Telegram;

/// <summary>
/// The Telegram Bot API on loopback, as far as the bot uses it. It refuses what Telegram refuses, and misbehaves on order.
/// </summary>
public sealed class TelegramEmulator : IAsyncDisposable
{
    public const string Token = "123456789:AAEmulatedTokenOfTheTests-01234567_x";

    private readonly WebApplication _app;
    private readonly Dictionary<string, Queue<Misbehaviour>> _orders = new(StringComparer.Ordinal);
    private readonly List<string> _refusals = [];
    private readonly TelegramChats _chats = new();

    private TelegramEmulator()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _app.MapPost("/bot{token}/{method}", AnswerAsync);

        Updates.Ending = _app.Lifetime.ApplicationStopping;
    }

    public Uri Address => new(_app.Urls.First());

    /// <summary>What people have written, and the bot has not confirmed.</summary>
    public TelegramUpdates Updates { get; } = new();

    /// <summary>Every text that the bot has sent, as it stands now, oldest first.</summary>
    public IReadOnlyList<TelegramMessage> Messages => _chats.Messages;

    /// <summary>Requests that were no good, with Telegram's reason.</summary>
    public IReadOnlyList<string> Refusals
    {
        get
        {
            lock (_refusals)
                return [.. _refusals];
        }
    }

    public static async Task<TelegramEmulator> StartAsync()
    {
        var emulator = new TelegramEmulator();
        await emulator._app.StartAsync();

        return emulator;
    }

    public TelegramPerson Person(long id, string? name = null, string? language = "en") => new(this, id, name, language);

    /// <summary>What the next calls of a method meet, one each.</summary>
    public void Order(string method, params Misbehaviour[] misbehaviours)
    {
        lock (_orders)
        {
            if (!_orders.TryGetValue(method, out var queue))
                _orders[method] = queue = new();

            foreach (var one in misbehaviours)
                queue.Enqueue(one);
        }
    }

    /// <summary>How many orders have not been met yet.</summary>
    public int OrdersLeft(string method)
    {
        lock (_orders)
            return _orders.GetValueOrDefault(method)?.Count ?? 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http, string token, string method)
    {
        var order = NextOrder(method);

        if (order is { Happens: Happening.Before })
        {
            await MisbehaveAsync(http, order);
            return;
        }

        try
        {
            var result = token == Token ? await CallAsync(method, http.Request) : throw new TelegramRefusalException(401, "Unauthorized");

            if (order is not null)
                await MisbehaveAsync(http, order);
            else
                await WriteAsync(http, 200, new JsonObject { ["ok"] = true, ["result"] = result });
        }
        catch (TelegramRefusalException refusal)
        {
            lock (_refusals)
                _refusals.Add($"{method}: {refusal.Message}");

            await WriteAsync(http, refusal.Code, Problem(refusal.Code, refusal.Message));
        }
    }

    private async Task<JsonNode?> CallAsync(string method, HttpRequest request) =>
        method switch
        {
            "getMe" => new JsonObject
            {
                ["id"] = 123456789,
                ["is_bot"] = true,
                ["first_name"] = "Emulated",
                ["username"] = "emulated_bot",
            },
            "getUpdates" => await Updates.GetAsync(await JsonAsync(request), request.HttpContext.RequestAborted),
            "sendMessage" => _chats.Send(await JsonAsync(request)),
            "editMessageText" => _chats.Edit(await JsonAsync(request)),
            "answerCallbackQuery" => _chats.Release(await JsonAsync(request)),
            "sendPhoto" => await _chats.SendPhotoAsync(await request.ReadFormAsync()),
            _ => throw new TelegramRefusalException(404, "Not Found"),
        };

    private static async Task<JsonNode> JsonAsync(HttpRequest request) => (await JsonNode.ParseAsync(request.Body))!;

    private Misbehaviour? NextOrder(string method)
    {
        lock (_orders)
            return _orders.TryGetValue(method, out var queue) && queue.TryDequeue(out var order) ? order : null;
    }

    private static Task MisbehaveAsync(HttpContext http, Misbehaviour order)
    {
        if (order.Status is not { } status)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        var problem = Problem(status, order.Description);

        if (order.RetryAfter is { } seconds)
            problem["parameters"] = new JsonObject { ["retry_after"] = seconds };

        return WriteAsync(http, status, problem);
    }

    private static JsonObject Problem(int code, string description) =>
        new()
        {
            ["ok"] = false,
            ["error_code"] = code,
            ["description"] = description,
        };

    private static Task WriteAsync(HttpContext http, int status, JsonNode body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";

        return http.Response.WriteAsync(body.ToJsonString());
    }
}

/// <summary>What goes wrong with a call.</summary>
/// <param name="Status"><c>null</c>: the connection is cut.</param>
public sealed record Misbehaviour(Happening Happens, int? Status, string Description, int? RetryAfter = null)
{
    public static Misbehaviour ServerError { get; } = new(Happening.Before, 500, "Internal Server Error");

    public static Misbehaviour Conflict { get; } =
        new(
            Happening.Before,
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        );

    /// <summary>Nothing is done, and nothing answered.</summary>
    public static Misbehaviour CutOff { get; } = new(Happening.Before, null, "");

    /// <summary>It is done, and nothing answered.</summary>
    public static Misbehaviour AnswerLost { get; } = new(Happening.After, null, "");

    public static Misbehaviour TooManyRequests(int seconds) =>
        new(Happening.Before, 429, string.Create(CultureInfo.InvariantCulture, $"Too Many Requests: retry after {seconds}"), seconds);
}

public enum Happening
{
    Before,
    After,
}

/// <summary>Why Telegram does not take a request.</summary>
public sealed class TelegramRefusalException(int code, string description) : Exception(description)
{
    public int Code { get; } = code;

    public static TelegramRefusalException Bad(string description) => new(400, $"Bad Request: {description}");
}
