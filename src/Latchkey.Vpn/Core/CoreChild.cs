using System.Diagnostics;
using Latchkey.Platform.Processes;
using Latchkey.Platform.Settings;
using Microsoft.Extensions.Logging;

namespace Latchkey.Vpn.Core;

/// <summary>The core as our child, where <c>VPN_RUN_CORE</c> is on: started, listened to, started again when it ends, and ended with us.</summary>
internal sealed partial class CoreChild(LatchkeySettings settings, TimeProvider time, ILogger<CoreChild> logger)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // Whoever ran so long did not end because of how it was started.
    private static readonly TimeSpan LongRun = TimeSpan.FromMinutes(1);

    // The host itself has four seconds to stop.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1.5);

    private readonly string _configuration = settings[CoreSettings.ConfigurationPath]!;
    private string? _complaint;

    /// <summary>Of the running core; <c>null</c> when it does not run.</summary>
    public int? ProcessId { get; private set; }

    /// <summary>Until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var pause = ShortestPause;

        while (true)
        {
            var startedAt = time.GetTimestamp();
            var end = await RunOnceAsync(stopping);

            if (stopping.IsCancellationRequested)
                return;

            if (time.GetElapsedTime(startedAt) >= LongRun)
                pause = ShortestPause;

            var rest = Task.Delay(pause, time, stopping);
            Complain(end, pause);

            try
            {
                await rest;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <returns>Why it does not run, or runs no more.</returns>
    private async Task<string> RunOnceAsync(CancellationToken stopping)
    {
        if (!File.Exists(_configuration))
            return $"there is no configuration file {_configuration}; `latchkey vpn configure` makes one";

        if (CoreBinary.Find(settings) is not { } binary)
            return "there is no program of a core: set V2RAY_PATH";

        try
        {
            using var process = await CoreProgram.StartAsync(binary, binary.RunArguments(_configuration));
            ProcessId = process.Id;
            _complaint = null;
            Log.Started(logger, binary.Path, process.Id);
            CoreProgram.ListenTo(process, Pass);

            await WaitAsync(process, stopping);

            return $"{binary.Path} ended with exit code {process.ExitCode}";
        }
        catch (Exception failure)
        {
            // Whatever it is, the next try comes: a hosted task that throws ends the whole server.
            return failure.Message;
        }
        finally
        {
            ProcessId = null;
        }
    }

    private static async Task WaitAsync(Process process, CancellationToken stopping)
    {
        try
        {
            await process.WaitForExitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            ChildProcess.AskToEnd(process);
            using var patience = new CancellationTokenSource(Farewell, TimeProvider.System);
            using var kill = patience.Token.Register(() => ChildProcess.Kill(process));
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private void Pass(string line)
    {
        var (level, text) = CoreOutput.Read(line);
        Log.Said(logger, level, text);
    }

    /// <summary>Once for what stays so, such as a file that is not there; each time for a core that ends.</summary>
    private void Complain(string complaint, TimeSpan pause)
    {
        if (complaint == _complaint)
            return;

        _complaint = complaint;
        Log.DoesNotRun(logger, complaint, pause.TotalSeconds);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The core {Program} runs as process {ProcessId}")]
        public static partial void Started(ILogger logger, string program, int processId);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The core does not run: {Reason}. The next try is in {Seconds} s")]
        public static partial void DoesNotRun(ILogger logger, string reason, double seconds);

        [LoggerMessage(Message = "The core says: {Text}")]
        public static partial void Said(ILogger logger, LogLevel level, string text);
    }
}
