using System.CommandLine;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Import;
using Latchkey.Vpn.Setup;
using Latchkey.Wiring;

namespace Latchkey.Commands;

/// <summary><c>latchkey vpn configure|import|bot</c>; a server may run on the same data folder meanwhile.</summary>
internal static class VpnCommand
{
    private static readonly Dictionary<string, ImportSource> Sources = new(StringComparer.OrdinalIgnoreCase)
    {
        ["veil"] = ImportSource.Veil,
        ["marzban"] = ImportSource.Marzban,
        ["3x-ui"] = ImportSource.ThreeXUi,
    };

    public static Command Create() =>
        new("vpn", "Set up the VPN, take keys over, run the bot.") { CreateConfigure(), CreateImport(), VpnBotCommand.Create() };

    private static Command CreateConfigure()
    {
        var core = new Option<string>("--core")
        {
            Description = "For which core: xray (with REALITY) or v2ray (without).",
            DefaultValueFactory = _ => "xray",
        };
        var force = new Option<bool>("--force") { Description = "Replace a configuration that is there; it is kept beside." };
        core.AcceptOnlyFromAmong("xray", "v2ray");

        var command = new Command("configure", "Write the core's configuration to XRAY_CONFIG_PATH, from nothing.") { core, force };
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    async (settings, terminal) =>
                    {
                        var wish = new ConfigureWish(parsed.GetValue(core) == "v2ray", parsed.GetValue(force));
                        var done = await CoreSetup.WriteAsync(settings, wish, TimeProvider.System.GetUtcNow(), cancellation);
                        VpnText.WriteConfigured(terminal, done);
                    }
                )
        );

        return command;
    }

    private static Command CreateImport()
    {
        var file = new Argument<string>("file") { Description = "The SQLite database: of a Veil, a Marzban or a 3x-ui." };
        var from = new Option<string?>("--from")
        {
            Description = $"Whose it is: {string.Join(", ", Sources.Keys)}. Found out when left out.",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done." };
        from.AcceptOnlyFromAmong([.. Sources.Keys]);

        var command = new Command("import", "Take over the keys of another panel from its database.") { file, from, dryRun };
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    async (settings, terminal) =>
                    {
                        ImportSource? source = parsed.GetValue(from) is { } name ? Sources[name] : null;
                        await using var data = await OfflineData.OpenAsync(
                            settings,
                            cancellation,
                            services => services.AddVpnData(settings)
                        );
                        var summary = await data.GetRequiredService<IKeyImport>()
                            .ImportAsync(parsed.GetValue(file)!, source, parsed.GetValue(dryRun), cancellation);
                        VpnText.WriteImported(terminal, summary, parsed.GetValue(dryRun));
                    }
                )
        );

        return command;
    }

    private static async Task<int> RunAsync(Func<LatchkeySettings, Terminal, Task> work)
    {
        var terminal = Terminal.Current();

        try
        {
            await work(ProgramSettings.LoadOrRefuse(terminal.Language).Values, terminal);

            return 0;
        }
        catch (LatchkeyStartException failure)
        {
            return await FailAsync(failure.Message);
        }
        catch (ConfigureException failure)
        {
            return await FailAsync(terminal.Say(failure.Problem));
        }
        catch (ImportException failure)
        {
            return await FailAsync(terminal.Say(failure.Problem));
        }
    }

    private static async Task<int> FailAsync(string problem)
    {
        await Console.Error.WriteLineAsync(problem);

        return 1;
    }
}
