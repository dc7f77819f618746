namespace Latchkey.Platform.Settings;

/// <summary>What was found for every setting of the enabled modules, and everything that is wrong, at once.</summary>
/// <param name="Files">The files that were looked for, in the order in which they count.</param>
/// <param name="Modules">The enabled modules.</param>
/// <param name="Settings">One for every setting of the platform and the enabled modules.</param>
public sealed record SettingsReport(
    IReadOnlyList<SettingsFile> Files,
    IReadOnlyList<string> Modules,
    IReadOnlyList<SettingFinding> Settings,
    IReadOnlyList<SettingsProblem> Problems
)
{
    /// <summary>What keeps the server from starting.</summary>
    public IEnumerable<SettingsProblem> Errors => Problems.Where(problem => problem.Severity == ProblemSeverity.Error);

    public IEnumerable<SettingsProblem> Warnings => Problems.Where(problem => problem.Severity == ProblemSeverity.Warning);

    /// <summary>Whether nothing is invalid, and everything required is there.</summary>
    public bool IsGood => !Errors.Any() && Settings.All(finding => finding.IsGood);
}

public enum SettingsFileState
{
    Read = 0,
    NotThere = 1,
    Unreadable = 2,
}

/// <param name="Path">As people know it, such as <c>./.env</c>.</param>
/// <param name="FullPath">Absolute.</param>
/// <param name="ChangedAt">When it was last written; <c>null</c> when it was not read.</param>
/// <param name="Count">How many settings it holds.</param>
public sealed record SettingsFile(string Path, string FullPath, SettingsFileState State, DateTimeOffset? ChangedAt, int Count);

public enum SettingState
{
    Set = 0,
    Missing = 1,
    Placeholder = 2,
    Invalid = 3,
}

/// <summary>What was found for one setting.</summary>
/// <param name="Required">Whether the setting, or what the others say, makes it required.</param>
/// <param name="Value">What stands there, also when it does not count; never shown when the setting is a secret.</param>
/// <param name="Place">Where it stands; <c>null</c> when nothing does.</param>
/// <param name="Problem">What is wrong with the value.</param>
/// <param name="Remark">What is worth saying about the values in force.</param>
public sealed record SettingFinding(
    Setting Setting,
    SettingState State,
    bool Required,
    string? Value,
    SettingPlace? Place,
    LocalizedText? Problem,
    LocalizedText? Remark
)
{
    public bool IsGood => State == SettingState.Set || (!Required && State is SettingState.Missing or SettingState.Placeholder);

    /// <summary>The value as people may see it: of a secret its length and, when it is long, its last four characters.</summary>
    public string? Shown => Value is null ? null : SecretText.Show(Setting, Value);
}

/// <param name="Name">The name that was used: the setting's own or an alias.</param>
/// <param name="File">As people know it; <c>null</c> for the environment.</param>
/// <param name="Line">From 1.</param>
public sealed record SettingPlace(string Name, string? File, int? Line);
