namespace Latchkey.Platform.Settings;

/// <summary>An error keeps the server from starting; a warning is worth mending.</summary>
public enum ProblemSeverity
{
    Warning = 0,
    Error = 1,
}

/// <summary>Something wrong with the settings, with the place where to mend it. It never holds a value.</summary>
/// <param name="Name">The setting, when the problem is about one.</param>
/// <param name="File">The file, when the problem stands in one.</param>
/// <param name="Line">From 1.</param>
public sealed record SettingsProblem(ProblemSeverity Severity, string? Name, string? File, int? Line, LocalizedText Text)
{
    public static SettingsProblem Error(LocalizedText text, string? name = null, string? file = null, int? line = null) =>
        new(ProblemSeverity.Error, name, file, line, text);

    public static SettingsProblem Warning(LocalizedText text, string? name = null, string? file = null, int? line = null) =>
        new(ProblemSeverity.Warning, name, file, line, text);

    /// <summary>One line for people, such as <c>.env, line 3: PORT must be a whole number</c>.</summary>
    public string Describe(Language language)
    {
        var place = (File, Line) switch
        {
            (null, _) => "",
            (_, null) => $"{File}: ",
            _ => $"{File}, {(language == Language.Russian ? "строка" : "line")} {Line}: ",
        };

        return Name is null ? place + Text.In(language) : $"{place}{Name} {Text.In(language)}";
    }
}
