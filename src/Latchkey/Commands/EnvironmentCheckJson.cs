using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Latchkey.Platform.Settings;

namespace Latchkey.Commands;

/// <summary>What <c>check-env --json</c> prints.</summary>
internal sealed record EnvironmentCheckJson(
    bool Ok,
    IReadOnlyList<FileJson> Files,
    IReadOnlyList<string> Modules,
    IReadOnlyList<SettingJson> Settings,
    IReadOnlyList<ProblemJson> Problems,
    ServerJson? Server
)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        // It goes to a terminal or a script, not into a page, and Russian should stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(EnvironmentCheck check, Language language) => JsonSerializer.Serialize(From(check, language), Options);

    private static EnvironmentCheckJson From(EnvironmentCheck check, Language language) =>
        new(
            check.IsGood,
            [.. check.Report.Files.Select(file => new FileJson(file.Path, file.FullPath, file.State, file.ChangedAt, file.Count))],
            check.Report.Modules,
            [
                .. check.Report.Settings.Select(finding =>
                    SettingJson.From(finding, check.Online.GetValueOrDefault(finding.Setting), language)
                ),
            ],
            [.. check.Report.Problems.Select(problem => ProblemJson.From(problem, language))],
            check.Server is { } server ? new ServerJson(server.Address, server.SettingsReadAt, check.NewerFiles.Any()) : null
        );
}

internal sealed record FileJson(string Path, string FullPath, SettingsFileState State, DateTimeOffset? ChangedAt, int Settings);

/// <param name="Value">As people may see it: a secret is its length and its last four characters.</param>
internal sealed record SettingJson(
    string Name,
    IReadOnlyList<string> Aliases,
    string Module,
    SettingState State,
    bool Required,
    bool Secret,
    string? Value,
    string? Default,
    PlaceJson? Place,
    string? Problem,
    string? Remark,
    string Enables,
    string? WhenMissing,
    string? WhereToGet,
    OnlineJson? Online
)
{
    public static SettingJson From(SettingFinding finding, OnlineAnswer? online, Language language)
    {
        var setting = finding.Setting;

        return new(
            setting.Name,
            setting.Aliases,
            setting.Module,
            finding.State,
            finding.Required,
            setting.Secret,
            finding.Shown,
            setting.Default,
            finding.Place is { } place ? new PlaceJson(place.Name, place.File, place.Line) : null,
            finding.Problem?.In(language),
            finding.Remark?.In(language),
            setting.Enables.In(language),
            setting.WhenMissing?.In(language),
            setting.Source?.In(language),
            online is null
                ? null
                : new OnlineJson(online.Problem is null, online.Problem?.In(language), (long)online.Took.TotalMilliseconds)
        );
    }
}

/// <param name="File">Left out for the environment.</param>
internal sealed record PlaceJson(string Name, string? File, int? Line);

internal sealed record OnlineJson(bool Works, string? Problem, long Milliseconds);

internal sealed record ProblemJson(ProblemSeverity Severity, string? Name, string? File, int? Line, string Text)
{
    public static ProblemJson From(SettingsProblem problem, Language language) =>
        new(problem.Severity, problem.Name, problem.File, problem.Line, problem.Text.In(language));
}

/// <param name="RestartNeeded">A settings file was written after the server had read it.</param>
internal sealed record ServerJson(string Address, DateTimeOffset SettingsReadAt, bool RestartNeeded);
