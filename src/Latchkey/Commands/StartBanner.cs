using Latchkey.Platform;
using Latchkey.Platform.Settings;
using Latchkey.Wiring;

namespace Latchkey.Commands;

/// <summary>The first lines of a started server: where it is, the key when it was just made, and how to get a first video in.</summary>
internal sealed class StartBanner(Terminal terminal)
{
    // What the modules are called in LATCHKEY_MODULES; the first line to try depends on which are on.
    private const string App = "app";
    private const string Video = "video";

    /// <param name="addresses">As the listener names them.</param>
    /// <param name="firstKey">The admin key that this start made; it is shown here and never again.</param>
    public void Write(LoadedSettings loaded, IReadOnlyCollection<string> addresses, string? firstKey)
    {
        var shown = addresses.Select(ForPeople).Distinct(StringComparer.Ordinal).ToList();
        var files = loaded.Report.Files.Where(file => file.State == SettingsFileState.Read).Select(file => file.FullPath).ToList();
        var version = typeof(StartBanner).Assembly.GetName().Version!.ToString(3);

        terminal.Line();
        terminal.Line(
            terminal.Bold(
                terminal.Say($"Latchkey {version} is running. Ctrl+C ends it.", $"Latchkey {version} работает. Ctrl+C завершает.")
            )
        );
        terminal.Line(Row(terminal.Say("Address", "Адрес"), string.Join("  ", shown)));
        terminal.Line(Row(terminal.Say("Data", "Данные"), Path.GetFullPath(loaded.Values[PlatformSettings.Data]!)));
        terminal.Line(
            Row(
                terminal.Say("Modules", "Модули"),
                string.Join(", ", Modules.Wanted(loaded.Values).Select(module => Describe(module, loaded.Values)))
            )
        );

        if (files.Count > 0)
            terminal.Line(Row(terminal.Say("Settings", "Настройки"), string.Join("  ", files)));

        WriteWarnings(loaded.Report);
        WriteFirstKey(firstKey);
        WriteFirstVideo(loaded.Report.Modules, shown.Count > 0 ? shown[0] : "http://localhost", firstKey);
        terminal.Line();
    }

    private void WriteWarnings(SettingsReport report)
    {
        var remarks = report
            .Settings.Where(finding => finding is { State: SettingState.Set or SettingState.Placeholder, Remark: not null })
            .Select(finding => terminal.Say(finding.Remark!));
        var lines = report.Warnings.Select(warning => warning.Describe(terminal.Language)).Concat(remarks).ToList();

        if (lines.Count == 0)
            return;

        terminal.Line();

        foreach (var line in lines)
            terminal.Paragraph("! " + line, 2, terminal.Yellow);
    }

    private void WriteFirstKey(string? firstKey)
    {
        if (firstKey is null)
            return;

        terminal.Line();
        terminal.Line(
            "  " + terminal.Say("Your admin key, shown this once, so keep it:", "Ваш ключ администратора, показан один раз, сохраните его:")
        );
        terminal.Line("  " + terminal.Bold(firstKey));
    }

    private void WriteFirstVideo(IReadOnlyList<string> modules, string address, string? firstKey)
    {
        const string title = """{"title":"My first video"}""";

        if (!modules.Contains(Video))
            return;

        terminal.Line();

        if (modules.Contains(App))
        {
            terminal.Line("  " + terminal.Say("Try it: make a video,", "Попробуйте: создайте видео,"));
            terminal.Line($"    curl -X POST {address}/api/video/create -H \"Content-Type: application/json\" -d '{title}'");
            terminal.Line(
                "  " + terminal.Say("then send a file to the uploadUrl of the answer:", "затем отправьте файл на uploadUrl из ответа:")
            );
            terminal.Line("    curl -F file=@clip.mp4 'uploadUrl'");
        }
        else
        {
            terminal.Line("  " + terminal.Say("Try it: make a video,", "Попробуйте: создайте видео,"));
            terminal.Line(
                $"    curl -u \"{firstKey ?? "$LATCHKEY_API_KEY"}:\" -H \"Content-Type: application/json\" -d '{title}' {address}/videos"
            );
            terminal.Line("  " + terminal.Say("then send a file to it:", "затем отправьте в него файл:"));
            terminal.Line($"    curl -u \"{firstKey ?? "$LATCHKEY_API_KEY"}:\" -F file=@clip.mp4 {address}/videos/videoId/source");
        }
    }

    private string Describe(IModule module, LatchkeySettings settings) =>
        module.OffBecause(settings) is { } reason
            ? $"{module.Name} ({terminal.Say("off", "выключен")}: {terminal.Say(reason)})"
            : module.Name;

    private static string Row(string name, string value) => $"  {name, -10} {value}";

    /// <summary>What people type into a browser on this machine.</summary>
    private static string ForPeople(string address) =>
        Uri.TryCreate(address.Replace("://*", "://localhost").Replace("://+", "://localhost"), UriKind.Absolute, out var uri)
        && (uri.IsLoopback || uri.Host is "0.0.0.0" or "[::]")
            ? $"{uri.Scheme}://localhost:{uri.Port}"
            : address;
}
