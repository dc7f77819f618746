using Latchkey.Platform.Settings;

namespace Latchkey.Commands;

/// <summary>All that <c>check-env</c> found out.</summary>
/// <param name="Online">Empty without <c>--online</c>.</param>
/// <param name="Server">A server that runs on the same data folder.</param>
internal sealed record EnvironmentCheck(SettingsReport Report, IReadOnlyDictionary<Setting, OnlineAnswer> Online, RunningServer? Server)
{
    /// <summary>Files that were written after the running server read its settings.</summary>
    public IEnumerable<SettingsFile> NewerFiles => Server is null ? [] : Report.Files.Where(file => file.ChangedAt > Server.SettingsReadAt);

    public bool IsGood =>
        Report.IsGood && Report.Settings.All(finding => !finding.Required || Online.GetValueOrDefault(finding.Setting)?.Problem is null);

    public static async Task<EnvironmentCheck> RunAsync(bool online, CancellationToken cancellation)
    {
        var loaded = ProgramSettings.Load();
        var answers = online ? await OnlineChecks.AskAsync(loaded, cancellation) : new Dictionary<Setting, OnlineAnswer>();
        var server = await RunningServer.FindAsync(loaded.Values, cancellation);

        return new(loaded.Report, answers, server);
    }
}
