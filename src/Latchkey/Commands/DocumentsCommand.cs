using System.CommandLine;
using Latchkey.Platform.Settings;

namespace Latchkey.Commands;

/// <summary>Writes what is generated from the catalogue of settings into a checkout; for those who change the catalogue.</summary>
internal static class DocumentsCommand
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "The root of the repository." };
        var command = new Command("settings-documents", "Write docs/options.md, docs/options.ru.md and .env.example.") { folder };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            foreach (var (path, content) in SettingsDocuments.Write(ProgramSettings.Catalogue))
            {
                var target = Path.Combine(parsed.GetValue(folder)!.FullName, path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.WriteAllText(target, content);
            }

            return 0;
        });

        return command;
    }
}
