namespace Latchkey.Platform.Settings;

/// <summary>Every setting there is, of the platform and of each module that this program has.</summary>
/// <param name="settings">In the order in which people see them.</param>
/// <param name="modules">The lower-case names of the modules.</param>
public sealed class SettingsCatalogue(IReadOnlyList<Setting> settings, IReadOnlyList<string> modules)
{
    public IReadOnlyList<Setting> Settings { get; } = settings;

    public IReadOnlyList<string> Modules { get; } = modules;

    /// <summary>The platform's settings, then those of each module.</summary>
    public static SettingsCatalogue Of(IEnumerable<IModule> modules)
    {
        var all = modules.ToList();

        return new([.. PlatformSettings.All, .. all.SelectMany(module => module.Settings)], [.. all.Select(module => module.Name)]);
    }

    /// <summary>Every name that can be written in a settings file, aliases included.</summary>
    internal IEnumerable<string> Names => Settings.SelectMany(setting => setting.Aliases.Prepend(setting.Name));

    internal bool Knows(string name) => Names.Contains(name, StringComparer.Ordinal);

    /// <summary>The modules that <c>LATCHKEY_MODULES</c> names; all of them when it is not set.</summary>
    public IReadOnlyList<string> Enabled(LatchkeySettings values)
    {
        var wanted = values.List(PlatformSettings.Modules);

        return wanted.Count == 0 ? Modules : [.. Modules.Where(module => wanted.Contains(module, StringComparer.OrdinalIgnoreCase))];
    }

    /// <summary>A rule for <c>LATCHKEY_MODULES</c>, which only the whole program can check.</summary>
    internal LocalizedText? CheckModules(string value)
    {
        var unknown = value
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(name => !Modules.Contains(name, StringComparer.OrdinalIgnoreCase))
            .ToList();
        var known = string.Join(", ", Modules);

        return unknown.Count == 0
            ? null
            : new(
                $"names unknown modules: {string.Join(", ", unknown)}. There are: {known}",
                $"называет неизвестные модули: {string.Join(", ", unknown)}. Есть такие: {known}"
            );
    }
}
