using Latchkey.Platform.Settings;
using Latchkey.Vpn.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Latchkey.Vpn.Core;

/// <summary>
/// Beside the start of the server, so that nothing waits for it: the common short id is put into the core's configuration file, and then the
/// core is run, where that is ours to do. So our own core never runs without the short id; a foreign one must be restarted once.
/// </summary>
internal sealed partial class CoreStart(
    LatchkeySettings settings,
    VpnNodes nodes,
    VpnCores cores,
    CoreChild child,
    ILogger<CoreStart> logger
) : BackgroundService
{
    private static readonly TimeSpan LongestLastReading = TimeSpan.FromSeconds(1);

    private readonly bool _runsCore = settings.Boolean(CoreSettings.RunsCore);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_runsCore)
            await ReadTrafficAsync();

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await AddShortIdAsync(stoppingToken);

        if (_runsCore)
            await child.RunAsync(stoppingToken);
    }

    private async Task AddShortIdAsync(CancellationToken stopping)
    {
        if (nodes.First.Configuration is not { } file)
            return;

        if (!file.Exists)
        {
            Log.NoFile(logger, file.Path);
            return;
        }

        var binary = CoreBinary.Find(settings);

        try
        {
            var changed = await file.AddShortIdAsync(
                (fresh, cancellation) => binary is null ? Task.CompletedTask : CoreProgram.CheckAsync(binary, fresh, cancellation),
                stopping
            );

            if (!changed)
                return;

            if (binary is null)
                Log.Unchecked(logger, file.Path);

            if (_runsCore)
                Log.Added(logger, nodes.First.Link.ShortId, file.Path);
            else
                Log.RestartIsDue(logger, nodes.First.Link.ShortId, file.Path);
        }
        catch (CoreException failure)
        {
            Log.NotAdded(logger, nodes.First.Link.ShortId, failure.Message);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The next start does it.
        }
        catch (Exception failure)
        {
            // A hosted task that throws ends the whole server, and this one is not worth that.
            Log.Failed(logger, failure);
        }
    }

    /// <summary>What the core counted since the last reading ends with it.</summary>
    private async Task ReadTrafficAsync()
    {
        try
        {
            await cores.SyncTrafficAsync().WaitAsync(LongestLastReading);
        }
        catch (Exception failure)
        {
            Log.LastTrafficUnread(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "XRAY_CONFIG_PATH: there is no file {File}, so that the core's short id and users are not written anywhere"
        )]
        public static partial void NoFile(ILogger logger, string file);

        [LoggerMessage(Level = LogLevel.Information, Message = "The common short id {ShortId} was added to {File}")]
        public static partial void Added(ILogger logger, string shortId, string file);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "The common short id {ShortId} was added to {File}. One restart of the core is due: it reads the short id only at its start"
        )]
        public static partial void RestartIsDue(ILogger logger, string shortId, string file);

        [LoggerMessage(Level = LogLevel.Information, Message = "{File} was not checked: no program of a core was found (V2RAY_PATH)")]
        public static partial void Unchecked(ILogger logger, string file);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "The common short id {ShortId} (REALITY_COMMON_SHORT_ID) was not added, the file stays as it was: {Reason}"
        )]
        public static partial void NotAdded(ILogger logger, string shortId, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "The core's configuration file could not be looked at; it stays as it was")]
        public static partial void Failed(ILogger logger, Exception failure);

        [LoggerMessage(Level = LogLevel.Information, Message = "The core's last traffic could not be read before it was stopped")]
        public static partial void LastTrafficUnread(ILogger logger, Exception failure);
    }
}
