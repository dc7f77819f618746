using System.CommandLine;
using System.Runtime.InteropServices;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Telegram;
using Latchkey.Wiring;

namespace Latchkey.Commands;

/// <summary><c>latchkey vpn bot</c>: the Telegram bot on another machine than the server whose keys it works on.</summary>
internal static class VpnBotCommand
{
    public static Command Create()
    {
        var file = new Option<string>("--config")
        {
            Description = """A JSON file with "api_url" and "api_key" of the server, and "v2ray_path" if you like.""",
            Required = true,
        };
        var command = new Command("bot", "Run the Telegram bot of VPN_TELEGRAM_BOT_TOKEN on the keys of a server elsewhere.") { file };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(file)!, cancellation));

        return command;
    }

    private static async Task<int> RunAsync(string file, CancellationToken cancellation)
    {
        var terminal = Terminal.Current();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);

        try
        {
            var settings = ProgramSettings.LoadOrRefuse(terminal.Language).Values;
            await using var services = await OpenAsync(settings, Add, ending.Token);
            await services.GetRequiredService<IStandaloneBot>().RunAsync(ending.Token);

            return 0;

            void Add(IServiceCollection bot) =>
                bot.AddLogging(logging => logging.AddLatchkeyLogging()).AddStandaloneBot(settings, file, terminal.Language);
        }
        catch (LatchkeyStartException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);

            return 1;
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return 0;
        }

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ending.Cancel();
        }
    }

    /// <summary>Where everybody may use the bot it remembers whose key is whose, in the data folder; otherwise it keeps nothing.</summary>
    private static async Task<ServiceProvider> OpenAsync(
        LatchkeySettings settings,
        Action<IServiceCollection> add,
        CancellationToken cancellation
    )
    {
        if (StandaloneBotServices.NeedsData(settings))
            return await OfflineData.OpenAsync(settings, cancellation, add);

        var services = new ServiceCollection();
        add(services);

        return services.BuildServiceProvider();
    }
}
