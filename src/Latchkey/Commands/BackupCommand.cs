using System.CommandLine;
using Latchkey.Platform.Backups;
using Latchkey.Platform.Settings;
using Latchkey.Wiring;

namespace Latchkey.Commands;

/// <summary><c>latchkey backup FILE</c>; a server may run on the same data folder meanwhile.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The file to write, such as latchkey-backup.tar.gz." };
        var withoutMedia = new Option<bool>("--without-media") { Description = "Leave the stored files (videos and pictures) out." };
        var command = new Command("backup", "Put everything that lasts into one file, also while the server runs.") { file, withoutMedia };

        command.SetAction(
            (parsed, cancellation) =>
                WithBackupsAsync<BackupWriter>(
                    async (writer, terminal) =>
                        Tell(
                            terminal,
                            parsed.GetValue(file)!,
                            await writer.WriteAsync(parsed.GetValue(file)!, !parsed.GetValue(withoutMedia), cancellation)
                        )
                )
        );

        return command;
    }

    /// <summary>Runs a command on backups, and says why it cannot be done.</summary>
    public static async Task<int> WithBackupsAsync<TWork>(Func<TWork, Terminal, Task> work)
        where TWork : notnull
    {
        var terminal = Terminal.Current();

        try
        {
            var settings = ProgramSettings.LoadOrRefuse(terminal.Language).Values;
            await using var data = OfflineData.WithoutPreparing(settings);
            await work(data.GetRequiredService<TWork>(), terminal);

            return 0;
        }
        catch (BackupException failure)
        {
            await Console.Error.WriteLineAsync(terminal.Say(failure.Text));

            return 1;
        }
        catch (LatchkeyStartException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);

            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(terminal.Say("Cancelled; nothing was changed.", "Отменено; ничего не изменено."));

            return 1;
        }
    }

    private static void Tell(Terminal terminal, string file, (BackupManifest Manifest, long Size) made)
    {
        var megabytes = made.Size / 1e6;
        terminal.Line(
            terminal.Say(
                FormattableString.Invariant($"{file} is written: {megabytes:0.0} MB."),
                FormattableString.Invariant($"{file} записан: {megabytes:0.0} МБ.")
            )
        );

        if (!made.Manifest.HasMedia)
            terminal.Line(
                terminal.Say(
                    "Videos and pictures are NOT in it: keep the folder files/ of the data folder in another way.",
                    "Видео и картинок в нём НЕТ: папку files/ из папки данных сохраните иначе."
                )
            );

        terminal.Line(
            terminal.Say(
                "It holds keys and tokens: keep it where only you can read it. Your settings (.env) are not in it.",
                "В нём ключи и токены: храните его там, где прочесть его можете только вы. Настроек (.env) в нём нет."
            )
        );
    }
}
