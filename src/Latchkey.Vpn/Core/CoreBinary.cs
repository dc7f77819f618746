using Latchkey.Platform.Settings;

namespace Latchkey.Vpn.Core;

/// <summary>The core's program on this machine.</summary>
/// <param name="Path">The file.</param>
/// <param name="Kind">By its name: they take other arguments.</param>
internal sealed record CoreBinary(string Path, CoreKind Kind)
{
    private const string Usual = "/usr/local/bin/xray";
    private static readonly string[] Names = ["xray", "v2ray"];

    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The one that is named, the usual one, or what <c>PATH</c> has; <c>null</c> when there is none.</summary>
    public static CoreBinary? Find(LatchkeySettings settings)
    {
        var path = settings[CoreSettings.BinaryPath] ?? Candidates().FirstOrDefault(candidate => Validate(candidate) is null);

        return path is null ? null : new CoreBinary(path, KindOf(settings[CoreSettings.Kind], path));
    }

    public static LocalizedText? Validate(string path)
    {
        if (!File.Exists(path))
            return new("names a file that is not there", "указывает на файл, которого нет");

        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Executable) == UnixFileMode.None
            ? new("names a file that may not be executed (chmod +x)", "указывает на файл, который нельзя запустить (chmod +x)")
            : null;
    }

    /// <summary>What was found where nothing is named, so that nobody wonders which core it is.</summary>
    public static LocalizedText? Remark(LatchkeySettings settings)
    {
        if (settings.IsSet(CoreSettings.BinaryPath))
            return null;

        return Find(settings) is { } found
            ? new($"Found: {found.Path} ({found.Kind}).", $"Найдено: {found.Path} ({found.Kind}).")
            : new(
                "No core was found in /usr/local/bin/xray or PATH: its configuration file is not checked before it is changed.",
                "Ядро не найдено ни в /usr/local/bin/xray, ни в PATH: файл конфигурации не проверяется перед изменением."
            );
    }

    /// <summary>The arguments that run it with a configuration file.</summary>
    public IReadOnlyList<string> RunArguments(string configuration) =>
        Kind == CoreKind.Xray ? ["run", "-config", configuration] : ["-config", configuration];

    /// <summary>The arguments that only check the file.</summary>
    public IReadOnlyList<string> TestArguments(string configuration) =>
        Kind == CoreKind.Xray ? ["run", "-test", "-config", configuration] : ["-test", "-config", configuration];

    private static CoreKind KindOf(string? configured, string path) =>
        Enum.TryParse<CoreKind>(configured, ignoreCase: true, out var kind) ? kind
        : System.IO.Path.GetFileName(path).Contains("v2ray", StringComparison.OrdinalIgnoreCase) ? CoreKind.V2Ray
        : CoreKind.Xray;

    private static IEnumerable<string> Candidates() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Names.Select(name => System.IO.Path.Combine(folder, name)))
            .OrderBy(path => path.EndsWith(Names[1], StringComparison.Ordinal))
            .Prepend(Usual);
}
