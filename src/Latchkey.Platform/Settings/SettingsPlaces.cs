using System.Collections;

namespace Latchkey.Platform.Settings;

/// <summary>Where settings are looked for: the environment first, then the files.</summary>
/// <param name="Environment">The variables of the process.</param>
/// <param name="Folder">What the relative paths start at.</param>
public sealed record SettingsPlaces(IReadOnlyDictionary<string, string> Environment, string Folder)
{
    private static readonly string[] UsualFiles = [".env", "backend/.env"];

    /// <summary>This process: its variables, and the folder that it was started in.</summary>
    public static SettingsPlaces Current()
    {
        var variables = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>();

        return new(
            variables.ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal),
            Directory.GetCurrentDirectory()
        );
    }

    /// <summary>The file that the operator named, or <c>null</c>.</summary>
    internal string? NamedFile =>
        Environment.TryGetValue(PlatformSettings.EnvironmentFile.Name, out var path) && path.Trim().Length > 0 ? path.Trim() : null;

    /// <summary>The paths as people know them, in the order in which they count.</summary>
    internal IEnumerable<string> Files => NamedFile is { } named ? UsualFiles.Prepend(named) : UsualFiles;

    internal string FullPath(string file) => Path.GetFullPath(file, Folder);
}
