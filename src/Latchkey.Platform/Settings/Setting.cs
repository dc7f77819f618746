namespace Latchkey.Platform.Settings;

/// <summary>One environment variable, declared once: loading, validation, <c>check-env</c> and the documents all come from it.</summary>
public sealed record Setting
{
    public required string Name { get; init; }

    /// <summary>Older or foreign names that mean the same; the first one that is set wins.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Lower-case module name, or <c>platform</c>.</summary>
    public required string Module { get; init; }

    public bool Required { get; init; }

    /// <summary>What counts when the variable is not set; <c>null</c> when there is no default.</summary>
    public string? Default { get; init; }

    /// <summary>A secret is never shown: at most its length and its last four characters.</summary>
    public bool Secret { get; init; }

    /// <summary>A placeholder in it ends the start, rather than counting as not set: who wrote it believes that something is protected.</summary>
    public bool RefusesPlaceholder { get; init; }

    /// <summary>A path may hold any words, so that it is never taken for a placeholder.</summary>
    public bool IsPath { get; init; }

    /// <summary>A value for the documents, where the default shows too little.</summary>
    public string? Example { get; init; }

    /// <summary>Other values can make it required; <c>check-env</c> then fails without it.</summary>
    public Func<LatchkeySettings, bool>? RequiredWhen { get; init; }

    /// <summary>What it enables, and what uses it.</summary>
    public required LocalizedText Enables { get; init; }

    /// <summary>What one sees when it is missing.</summary>
    public LocalizedText? WhenMissing { get; init; }

    /// <summary>Where to get a value.</summary>
    public LocalizedText? Source { get; init; }

    /// <summary>Says what is wrong with a value, or <c>null</c> when it is good.</summary>
    public Func<string, LocalizedText?>? Validate { get; init; }

    /// <summary>What is worth saying about the values in force although none of them is wrong; <c>null</c> when there is nothing.</summary>
    public Func<LatchkeySettings, LocalizedText?>? Remark { get; init; }

    /// <summary>Asks the outside party whether the value works; only <c>check-env --online</c> calls it. <c>null</c> means that it does.</summary>
    public Func<LatchkeySettings, HttpClient, CancellationToken, Task<LocalizedText?>>? CheckOnline { get; init; }
}
