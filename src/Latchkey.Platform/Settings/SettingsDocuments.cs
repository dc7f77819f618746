using System.Text;

namespace Latchkey.Platform.Settings;

/// <summary>The documents that are made from the catalogue, so that they can't say anything else.</summary>
public static class SettingsDocuments
{
    private const int CommentWidth = 110;

    /// <summary>The contents by path, from the root of the repository.</summary>
    public static IReadOnlyDictionary<string, string> Write(SettingsCatalogue catalogue) =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["docs/options.md"] = WriteOptions(catalogue, Language.English),
            ["docs/options.ru.md"] = WriteOptions(catalogue, Language.Russian),
            [".env.example"] = WriteExample(catalogue),
        };

    private static string WriteOptions(SettingsCatalogue catalogue, Language language)
    {
        var russian = language == Language.Russian;
        var text = new StringBuilder();
        text.Append(
            russian
                ? """
                # Настройки

                Эта страница создана из каталога настроек программы; `./latchkey check-env` показывает то же вместе с вашими значениями.

                Значение берётся из окружения, затем из файла `LATCHKEY_ENV_FILE`, затем из `./.env`, затем из `./backend/.env`: по одной
                строке `KEY=value`, UTF-8, без кавычек. Заглушки из примеров (`your-…`, `change-this`, `ваш_…`) считаются незаданными.

                """
                : """
                # Settings

                This page is made from the program's own catalogue of settings; `./latchkey check-env` shows the same with your values.

                A value is taken from the environment, then from the file `LATCHKEY_ENV_FILE`, then from `./.env`, then from `./backend/.env`:
                one `KEY=value` a line, UTF-8, no quotes needed. Placeholders of examples (`your-…`, `change-this`, `ваш_…`) count as not set.

                """
        );

        foreach (var group in catalogue.Settings.GroupBy(setting => setting.Module, StringComparer.Ordinal))
        {
            text.Append('\n').Append("## ").Append(TitleOf(group.Key, language)).Append("\n\n");
            text.Append(
                russian
                    ? "| переменная | что включает | без неё | где взять |\n"
                    : "| variable | what it enables | without it | where to get it |\n"
            );
            text.Append("|---|---|---|---|\n");

            foreach (var setting in group)
                AppendRow(text, setting, language);
        }

        return text.ToString();
    }

    private static void AppendRow(StringBuilder text, Setting setting, Language language)
    {
        var russian = language == Language.Russian;
        var notes = new List<string>();

        if (setting.Required)
            notes.Add(russian ? "обязательно" : "required");
        else if (setting.RequiredWhen is not null)
            notes.Add(russian ? "иногда обязательно" : "sometimes required");

        if (setting.Secret)
            notes.Add(russian ? "секрет" : "secret");

        if (setting.Aliases.Count > 0)
            notes.Add((russian ? "также " : "also ") + string.Join(", ", setting.Aliases.Select(alias => $"`{alias}`")));

        if (setting.Default is { } standard)
            notes.Add((russian ? "по умолчанию " : "default ") + $"`{standard}`");

        if (setting.Example is { } example && example != setting.Default)
            notes.Add((russian ? "например " : "such as ") + $"`{example}`");

        var name = notes.Count == 0 ? $"`{setting.Name}`" : $"`{setting.Name}`<br>{string.Join("; ", notes)}";
        string[] cells = [name, setting.Enables.In(language), setting.WhenMissing?.In(language) ?? "", setting.Source?.In(language) ?? ""];

        text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|"))).Append(" |\n");
    }

    private static string WriteExample(SettingsCatalogue catalogue)
    {
        var text = new StringBuilder();
        text.Append(
            """
            # Copy this file to .env and take the # off what you want to set. Nothing here is needed to begin.
            # One KEY=value a line, UTF-8, no quotes. Check it with: ./latchkey check-env

            """
        );

        foreach (var group in catalogue.Settings.GroupBy(setting => setting.Module, StringComparer.Ordinal))
        {
            text.Append("\n# ---- ").Append(TitleOf(group.Key, Language.English)).Append(" ----\n");

            // It would not work in a file.
            foreach (var setting in group.Where(setting => setting != PlatformSettings.EnvironmentFile))
            {
                text.Append('\n');
                AppendComment(text, setting.Enables.English);

                if (setting.Source is { } source)
                    AppendComment(text, "Where to get it: " + source.English);

                text.Append(setting.Required ? "" : "#").Append(setting.Name).Append('=');
                text.Append(setting.Secret ? "" : setting.Default ?? setting.Example).Append('\n');
            }
        }

        return text.ToString();
    }

    private static void AppendComment(StringBuilder text, string comment)
    {
        var line = "#";

        foreach (var word in comment.Split(' '))
        {
            if (line.Length + 1 + word.Length > CommentWidth)
            {
                text.Append(line).Append('\n');
                line = "#";
            }

            line += " " + word;
        }

        text.Append(line).Append('\n');
    }

    private static string TitleOf(string module, Language language) =>
        (module == PlatformSettings.Port.Module, language) switch
        {
            (true, Language.Russian) => "Платформа",
            (true, _) => "Platform",
            (_, Language.Russian) => $"Модуль {module}",
            _ => $"Module {module}",
        };
}
