using System.Globalization;
using Latchkey.Platform.Settings;

namespace Latchkey.Commands;

/// <summary>Writes what <c>check-env</c> found for people.</summary>
internal sealed class EnvironmentCheckText(Terminal terminal)
{
    private const int NameWidth = 30;
    private const int StateWidth = 12;
    private const int TextIndent = 6;

    public void Write(EnvironmentCheck check)
    {
        WriteFiles(check.Report);

        foreach (var group in check.Report.Settings.GroupBy(finding => finding.Setting.Module))
        {
            terminal.Line();
            terminal.Line(terminal.Bold(TitleOf(group.Key)));

            foreach (var finding in group)
                WriteFinding(finding, check.Online.GetValueOrDefault(finding.Setting));
        }

        WriteProblems(check.Report);
        WriteServer(check);
        WriteVerdict(check);
    }

    private void WriteFiles(SettingsReport report)
    {
        terminal.Line(
            terminal.Bold(
                terminal.Say(
                    "Settings files, the first counts first (the environment goes before all)",
                    "Файлы настроек по старшинству (окружение главнее всех)"
                )
            )
        );

        foreach (var file in report.Files)
        {
            var state = file.State switch
            {
                SettingsFileState.Read => terminal.Green(
                    terminal.Say($"read, settings: {file.Count}", $"прочитан, настроек: {file.Count}")
                ),
                SettingsFileState.Unreadable => terminal.Red(terminal.Say("can't be read", "не удалось прочитать")),
                _ => terminal.Dim(terminal.Say("not there", "нет")),
            };
            terminal.Line($"  {file.FullPath}: {state}");
        }

        terminal.Line(terminal.Say($"Modules: {string.Join(", ", report.Modules)}", $"Модули: {string.Join(", ", report.Modules)}"));
    }

    private void WriteFinding(SettingFinding finding, OnlineAnswer? online)
    {
        var setting = finding.Setting;
        var required = finding.Required ? terminal.Say("required", "обязательно") : terminal.Say("optional", "необязательно");
        var name = terminal.Bold(setting.Name.PadRight(NameWidth));

        terminal.Line(
            $"  {MarkOf(finding)} {name} {Coloured(finding, StateText(finding.State).PadRight(StateWidth))} {required.PadRight(StateWidth)} {ValueText(finding)}".TrimEnd()
        );

        if (finding is { Problem: { } problem, State: not SettingState.Set })
            terminal.Paragraph(Coloured(finding, $"{finding.Place!.Name} {terminal.Say(problem)}"), TextIndent);

        if (finding.Remark is { } remark)
            terminal.Paragraph(terminal.Say(remark), TextIndent, terminal.Yellow);

        if (online is not null)
            WriteOnline(online);

        terminal.Paragraph(DetailsOf(finding), TextIndent, terminal.Dim);
    }

    /// <summary>What it enables, what happens without it, and where to get it.</summary>
    private string DetailsOf(SettingFinding finding)
    {
        var setting = finding.Setting;
        var parts = new List<string> { terminal.Say(setting.Enables) };

        if (setting.Aliases.Count > 0)
            parts.Add(terminal.Say("Another name:", "Другое имя:") + $" {string.Join(", ", setting.Aliases)}.");

        if (finding.State != SettingState.Set && setting.WhenMissing is { } missing)
            parts.Add(terminal.Say("Without it:", "Без неё:") + " " + terminal.Say(missing));

        if (setting.Source is { } source)
            parts.Add(terminal.Say("Where to get it:", "Где взять:") + " " + terminal.Say(source));

        return string.Join(" ", parts);
    }

    private void WriteOnline(OnlineAnswer answer)
    {
        var took = answer.Took.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        var text = answer.Problem is { } problem
            ? terminal.Red(terminal.Say($"online: {problem.English}", $"онлайн: {problem.Russian}"))
            : terminal.Green(terminal.Say($"online: works ({took} ms)", $"онлайн: работает ({took} мс)"));

        terminal.Paragraph(text, TextIndent);
    }

    private void WriteProblems(SettingsReport report)
    {
        WriteList(
            terminal.Say("Errors: the server does not start with these", "Ошибки: с ними сервер не запустится"),
            report.Errors,
            terminal.Red
        );
        WriteList(terminal.Say("Worth mending", "Стоит исправить"), report.Warnings, terminal.Yellow);
    }

    private void WriteList(string title, IEnumerable<SettingsProblem> problems, Func<string, string> style)
    {
        var list = problems.ToList();

        if (list.Count == 0)
            return;

        terminal.Line();
        terminal.Line(terminal.Bold(style(title)));

        foreach (var problem in list)
            terminal.Paragraph(problem.Describe(terminal.Language), 2, style);
    }

    private void WriteServer(EnvironmentCheck check)
    {
        if (check.Server is not { } server)
            return;

        var newer = check.NewerFiles.Select(file => file.FullPath).ToList();
        terminal.Line();
        terminal.Line(
            newer.Count == 0
                ? terminal.Say(
                    $"The server at {server.Address} runs with these settings files.",
                    $"Сервер {server.Address} работает с этими файлами настроек."
                )
                : terminal.Yellow(
                    terminal.Say(
                        $"{string.Join(", ", newer)} is newer than what the server at {server.Address} has loaded: restart it.",
                        $"{string.Join(", ", newer)} новее того, что загрузил сервер {server.Address}: перезапустите его."
                    )
                )
        );
    }

    private void WriteVerdict(EnvironmentCheck check)
    {
        terminal.Line();
        terminal.Line(
            check.IsGood
                ? terminal.Green(terminal.Say("Everything that is required is in order.", "Всё обязательное в порядке."))
                : terminal.Red(
                    terminal.Say("Something required is not in order: see above.", "Не всё обязательное в порядке: смотрите выше.")
                )
        );
    }

    private string ValueText(SettingFinding finding)
    {
        if (finding.Place is not { } place)
            return finding.Setting.Default is { } standard ? terminal.Say($"default: {standard}", $"по умолчанию: {standard}") : "";

        var where = place.File is null
            ? terminal.Say("environment", "окружение")
            : terminal.Say($"{place.File}, line {place.Line}", $"{place.File}, строка {place.Line}");
        var alias = place.Name == finding.Setting.Name ? "" : terminal.Say($" as {place.Name}", $" как {place.Name}");

        return $"{finding.Shown} ({where}{alias})";
    }

    private string MarkOf(SettingFinding finding) =>
        (finding.State, finding.IsGood) switch
        {
            (SettingState.Set, _) => terminal.Green("✓"),
            (_, false) => terminal.Red("✗"),
            (SettingState.Placeholder, _) => terminal.Yellow("!"),
            _ => terminal.Dim("–"),
        };

    private string Coloured(SettingFinding finding, string text) =>
        (finding.State, finding.IsGood) switch
        {
            (SettingState.Set, _) => terminal.Green(text),
            (_, false) => terminal.Red(text),
            (SettingState.Placeholder, _) => terminal.Yellow(text),
            _ => terminal.Dim(text),
        };

    private string StateText(SettingState state) =>
        state switch
        {
            SettingState.Set => terminal.Say("set", "задано"),
            SettingState.Placeholder => terminal.Say("placeholder", "заглушка"),
            SettingState.Invalid => terminal.Say("invalid", "неверно"),
            _ => terminal.Say("missing", "не задано"),
        };

    private string TitleOf(string module) =>
        module == PlatformSettings.Port.Module
            ? terminal.Say("Platform", "Платформа")
            : terminal.Say($"Module {module}", $"Модуль {module}");
}
