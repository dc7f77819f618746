using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Latchkey.Platform.Processes;
using Latchkey.Video.Encoding;

namespace Latchkey.Video.Ffmpeg;

/// <summary>Runs ffmpeg and ffprobe, under limits, without a shell, and sees that they end: by themselves, when cancelled, or when they stand still.</summary>
internal sealed class FfmpegRunner(FfmpegOptions options, TimeProvider time)
{
    private const int ErrorTail = 4096;

    public FfmpegOptions Options { get; } = options;

    public TimeProvider Time { get; } = time;

    /// <summary>Runs ffmpeg to its end. <paramref name="seconds"/> is told how far the output has come.</summary>
    /// <exception cref="MediaException">It failed or stood still. The message holds the end of what it said.</exception>
    public Task RunAsync(IEnumerable<string> arguments, int nice, CancellationToken cancellation, Action<double>? seconds = null)
    {
        var position = new FfmpegPosition();

        return RunAsync(
            Options.Ffmpeg,
            [.. FfmpegArguments.Common, .. arguments],
            nice,
            line =>
            {
                var movedOn = position.MovesOn(line);

                if (movedOn && position.Seconds is { } at)
                {
                    seconds?.Invoke(at);
                }

                return movedOn;
            },
            cancellation
        );
    }

    /// <summary>Runs ffprobe, giving each line of its output away.</summary>
    public Task ProbeAsync(IEnumerable<string> arguments, Action<string> line, CancellationToken cancellation) =>
        RunAsync(
            Options.Ffprobe,
            ["-hide_banner", "-loglevel", "error", .. arguments],
            Nice.None,
            text =>
            {
                line(text);
                return true;
            },
            cancellation
        );

    private async Task RunAsync(
        string program,
        IEnumerable<string> arguments,
        int nice,
        Func<string, bool> movedOn,
        CancellationToken cancellation
    )
    {
        using var process = await StartAsync(program, arguments, nice);
        using var stalled = new CancellationTokenSource(Options.Patience, Time);
        using var late = new CancellationTokenSource(Options.Longest, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stalled.Token, late.Token);
        using var kill = either.Token.Register(() => ChildProcess.Kill(process));

        process.StandardInput.Close();
        var errors = ReadTailAsync(process.StandardError);

        try
        {
            while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
            {
                if (movedOn(line))
                {
                    stalled.CancelAfter(Options.Patience);
                }
            }

            await process.WaitForExitAsync(CancellationToken.None);
        }
        catch
        {
            ChildProcess.Kill(process);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        var said = await errors;
        cancellation.ThrowIfCancellationRequested();

        if (stalled.IsCancellationRequested)
        {
            throw new MediaException(MediaFailure.EncoderStalled, $"{program} stood still for {Options.Patience}: {said}");
        }

        if (late.IsCancellationRequested)
        {
            throw new MediaException(MediaFailure.EncoderLimit, $"{program} took more than {Options.Longest}: {said}");
        }

        if (process.ExitCode != 0)
        {
            throw new MediaException(FfmpegEnd.ReasonOf(process.ExitCode, said), $"{program} ended with {process.ExitCode}: {said}");
        }
    }

    private async Task<Process> StartAsync(string program, IEnumerable<string> arguments, int nice)
    {
        try
        {
            return await ChildProcess.StartAsync(program, arguments, Options.Limits, nice);
        }
        catch (Win32Exception exception)
        {
            throw new MediaException(MediaFailure.EncoderFailed, $"{program} cannot be started.", exception);
        }
    }

    private static async Task<string> ReadTailAsync(StreamReader reader)
    {
        var tail = new StringBuilder();
        var buffer = new char[1024];

        while (await reader.ReadAsync(buffer, CancellationToken.None) is var read and > 0)
        {
            tail.Append(buffer, 0, read);

            if (tail.Length > 2 * ErrorTail)
            {
                tail.Remove(0, tail.Length - ErrorTail);
            }
        }

        return tail.ToString().Trim();
    }
}
