using Latchkey.Platform.Settings;
using Latchkey.Vpn.Telegram.BotApi;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Vpn.Telegram;

/// <summary>The bot, in the server or apart from it.</summary>
internal static class BotServices
{
    private const string TelegramClient = "vpn-telegram";

    // Longer than Telegram is asked to wait for something to come.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(60);

    public static bool IsWanted(LatchkeySettings settings) => settings.IsSet(TelegramSettings.Token);

    /// <summary>What both have; <see cref="IBotKeys"/> is the difference.</summary>
    public static void AddBot(this IServiceCollection services, LatchkeySettings settings)
    {
        var access = BotAccess.From(settings);
        var token = settings[TelegramSettings.Token]!;

        services.AddPrivateHttpClient(TelegramClient, LongestAnswer);
        services.AddSingleton(access);
        services.AddSingleton(new BotIdentity(token.Split(':')[0]));
        services.AddSingleton(at => new BotApiClient(
            at.GetRequiredService<IHttpClientFactory>().CreateClient(TelegramClient),
            settings[TelegramSettings.ApiUrl]!,
            token
        ));
        services.AddSingleton<BotReplies>();
        services.AddSingleton(at => new BotCommands(
            access,
            at.GetRequiredService<IBotKeys>(),
            access.IsOpen ? ActivatorUtilities.CreateInstance<KeyOwners>(at) : null,
            at.GetRequiredService<BotReplies>(),
            at.GetRequiredService<BotIdentity>()
        ));
        services.AddSingleton<BotConversation>();
        services.AddSingleton<BotPolling>();
    }

    /// <summary>A client whose addresses or headers are secrets: it is not logged, not traced, and follows no redirects.</summary>
    public static void AddPrivateHttpClient(this IServiceCollection services, string name, TimeSpan longestAnswer) =>
        services
            .AddHttpClient(name)
            .RemoveAllLoggers()
            .ConfigureHttpClient(client => client.Timeout = longestAnswer)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler(
                (handler, _) =>
                {
                    handler.AllowAutoRedirect = false;
                    handler.UseCookies = false;
                    handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
                    handler.ConnectTimeout = TimeSpan.FromSeconds(10);
                    // Without it .NET writes no spans, which would hold the whole address.
                    handler.ActivityHeadersPropagator = null;
                }
            );
}
