using System.CommandLine;
using Latchkey.Platform.Backups;

namespace Latchkey.Commands;

/// <summary><c>latchkey restore FILE</c>, while no server runs on the data folder.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "What `latchkey backup` wrote." };
        var force = new Option<bool>("--force")
        {
            Description = "Replace the data that are there; they are kept beside, under another name.",
        };
        var command = new Command("restore", "Make the data folder of a backup.") { file, force };

        command.SetAction(
            (parsed, cancellation) =>
                BackupCommand.WithBackupsAsync<BackupRestore>(
                    async (restore, terminal) =>
                        Tell(terminal, await restore.RestoreAsync(parsed.GetValue(file)!, parsed.GetValue(force), cancellation))
                )
        );

        return command;
    }

    private static void Tell(Terminal terminal, (BackupManifest Manifest, string? Former) restored)
    {
        var (manifest, former) = restored;
        terminal.Line(
            terminal.Say(
                FormattableString.Invariant(
                    $"The backup of {manifest.MadeAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC (Latchkey {manifest.Version}) is restored. Start the server."
                ),
                FormattableString.Invariant(
                    $"Копия от {manifest.MadeAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC (Latchkey {manifest.Version}) восстановлена. Запустите сервер."
                )
            )
        );

        if (!manifest.HasMedia)
            terminal.Line(
                terminal.Say(
                    "It holds no videos and pictures: put the folder files/ into the data folder before the start, or they do not play.",
                    "Видео и картинок в ней нет: до запуска положите папку files/ в папку данных, иначе они не откроются."
                )
            );

        if (former is not null)
            terminal.Line(
                terminal.Say(
                    $"The former data are in {former}; delete them when you need them no more.",
                    $"Прежние данные лежат в {former}; удалите их, когда они больше не нужны."
                )
            );
    }
}
