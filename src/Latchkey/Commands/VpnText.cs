using Latchkey.Platform.Settings;
using Latchkey.Vpn.Import;
using Latchkey.Vpn.Setup;

namespace Latchkey.Commands;

/// <summary>What <c>latchkey vpn</c> says to people.</summary>
internal static class VpnText
{
    private const int MostNumbers = 20;

    public static void WriteConfigured(Terminal terminal, ConfiguredCore done)
    {
        terminal.Line(terminal.Bold(terminal.Say($"Written: {done.Path}", $"Записано: {done.Path}")));

        if (done.BackupPath is { } backup)
            terminal.Line(terminal.Say($"The one before is kept as {backup}", $"Прежний файл сохранён как {backup}"));

        terminal.Line(
            done.CheckedBy is { } core
                ? terminal.Green(terminal.Say($"{core} accepts it.", $"{core} его принимает."))
                : terminal.Yellow(
                    terminal.Say(
                        "It was not checked: the core's program was not found (V2RAY_PATH).",
                        "Не проверено: программа ядра не найдена (V2RAY_PATH)."
                    )
                )
        );

        if (done.Lines.Count > 0)
        {
            terminal.Line();
            terminal.Line(terminal.Bold(terminal.Say("Add to .env:", "Добавьте в .env:")));

            foreach (var line in done.Lines)
                terminal.Line($"{line.Name}={line.Value}");
        }

        WriteRemarks(terminal, done.Remarks);
        terminal.Line();
        terminal.Line(
            terminal.Say(
                "Then start the core, or let Latchkey run it: VPN_RUN_CORE=true.",
                "Затем запустите ядро или поручите это Latchkey: VPN_RUN_CORE=true."
            )
        );
    }

    public static void WriteImported(Terminal terminal, ImportSummary summary, bool isDryRun)
    {
        terminal.Line(terminal.Bold(NameOf(summary.Source)));
        terminal.Line(
            isDryRun
                ? terminal.Say(
                    $"Keys that would be imported: {summary.Imported}. Nothing was changed.",
                    $"Было бы импортировано ключей: {summary.Imported}. Ничего не изменено."
                )
                : terminal.Green(terminal.Say($"Keys imported: {summary.Imported}.", $"Импортировано ключей: {summary.Imported}."))
        );
        terminal.Line(
            terminal.Say(
                $"Already there, by UUID, and left as they are: {summary.AlreadyThere}.",
                $"Уже были (по UUID) и не изменены: {summary.AlreadyThere}."
            )
        );

        if (summary.RenumberedFrom.Count > 0)
            terminal.Line(
                terminal.Yellow(
                    terminal.Say(
                        $"Keys with a new key_id, since theirs was taken: {summary.RenumberedFrom.Count} ({Numbers(summary.RenumberedFrom)}).",
                        $"Ключи с новым key_id, так как прежний занят: {summary.RenumberedFrom.Count} ({Numbers(summary.RenumberedFrom)})."
                    )
                )
            );

        if (summary.Left.Count > 0)
        {
            terminal.Line(
                terminal.Yellow(terminal.Say($"Rows that were left out: {summary.Left.Count}", $"Пропущено строк: {summary.Left.Count}"))
            );

            foreach (var problem in summary.Left)
                terminal.Line($"  {Printable(problem.Row)}: {terminal.Say(problem.Reason)}");
        }

        WriteRemarks(terminal, summary.Remarks);

        if (!isDryRun && summary.Imported > 0)
            terminal.Line(
                terminal.Say(
                    "A running server gives them to the core within a minute.",
                    "Работающий сервер передаст их ядру в течение минуты."
                )
            );
    }

    private static void WriteRemarks(Terminal terminal, IReadOnlyList<LocalizedText> remarks)
    {
        if (remarks.Count > 0)
            terminal.Line();

        foreach (var remark in remarks)
            terminal.Paragraph(terminal.Say(remark), 0, terminal.Yellow);
    }

    private static string NameOf(ImportSource source) => source == ImportSource.ThreeXUi ? "3x-ui" : source.ToString();

    private static string Numbers(IReadOnlyList<long> numbers) =>
        string.Join(", ", numbers.Take(MostNumbers)) + (numbers.Count > MostNumbers ? ", …" : "");

    /// <summary>Another program's texts do not steer the terminal.</summary>
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '�' : c));
}
