namespace Latchkey.Platform.Settings;

/// <summary>The values in force: read once at start, validated, aliases resolved, placeholders counted as not set.</summary>
public sealed class LatchkeySettings(IReadOnlyDictionary<string, string> values)
{
    /// <summary>What is written to a settings file later is not in force until the next start.</summary>
    public DateTimeOffset ReadAt { get; init; } = TimeProvider.System.GetUtcNow();

    /// <summary>The value of a setting, its default, or <c>null</c>.</summary>
    public string? this[Setting setting] => values.TryGetValue(setting.Name, out var value) ? value : setting.Default;

    /// <summary>Whether the operator set it, so that the default does not count.</summary>
    public bool IsSet(Setting setting) => values.ContainsKey(setting.Name);

    public int Integer(Setting setting) =>
        int.Parse(this[setting] ?? throw Missing(setting), System.Globalization.CultureInfo.InvariantCulture);

    public long Long(Setting setting) =>
        long.Parse(this[setting] ?? throw Missing(setting), System.Globalization.CultureInfo.InvariantCulture);

    public bool Boolean(Setting setting) => this[setting] is { } value && (value == "1" || bool.TryParse(value, out var on) && on);

    /// <summary>A comma-separated list; empty when not set.</summary>
    public IReadOnlyList<string> List(Setting setting) =>
        this[setting]?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static InvalidOperationException Missing(Setting setting) => new($"{setting.Name} is not set and has no default.");
}
