using Latchkey.Platform.Data;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Latchkey.Vpn.Telegram;

/// <summary>The Telegram bot apart from the server whose keys it works on, for the command line.</summary>
public interface IStandaloneBot
{
    /// <summary>Until it is cancelled.</summary>
    Task RunAsync(CancellationToken cancellation);
}

public static class StandaloneBotServices
{
    private const string ApiClient = "vpn-api";
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(15);

    /// <summary>Whether it must remember who made which key, and so needs a data folder.</summary>
    public static bool NeedsData(LatchkeySettings settings) => BotAccess.From(settings).IsOpen;

    /// <param name="file">The path of <c>bot.json</c>.</param>
    /// <exception cref="LatchkeyStartException">The token is not set, or something is wrong with the file.</exception>
    public static void AddStandaloneBot(this IServiceCollection services, LatchkeySettings settings, string file, Language language)
    {
        if (!BotServices.IsWanted(settings))
            throw new LatchkeyStartException(
                new LocalizedText(
                    $"{TelegramSettings.Token.Name} is not set: @BotFather in Telegram gives one.",
                    $"Не задан {TelegramSettings.Token.Name}: его выдаёт @BotFather в Telegram."
                ).In(language)
            );

        var content = BotFile.Read(file, language);

        if (NeedsData(settings))
            services.AddModuleDb<VpnDb>(VpnModule.Prefix);

        services.TryAddSingleton(TimeProvider.System);
        services.AddPrivateHttpClient(ApiClient, LongestAnswer);
        services.AddSingleton<IBotKeys>(at => new RemoteKeys(
            at.GetRequiredService<IHttpClientFactory>().CreateClient(ApiClient),
            content,
            at.GetRequiredService<TimeProvider>()
        ));
        services.AddBot(settings);
        services.AddSingleton<IStandaloneBot, StandaloneBot>();
    }

    private sealed class StandaloneBot(BotPolling polling) : IStandaloneBot
    {
        public Task RunAsync(CancellationToken cancellation) => polling.RunAsync(cancellation);
    }
}
