using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Latchkey.Platform.Processes;

namespace Latchkey.Vpn.Core;

/// <summary>Runs the core's program: for as long as we live, or for one answer.</summary>
internal static class CoreProgram
{
    // A hundred thousand users in a file take a core some five seconds to read.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private const int LongestAnswer = 16 * 1024;

    /// <summary>Asks the core whether it would start with this file.</summary>
    /// <exception cref="CoreException">It would not, or it cannot be asked.</exception>
    public static async Task CheckAsync(CoreBinary binary, string configuration, CancellationToken cancellation)
    {
        var (exitCode, said) = await RunAsync(binary, binary.TestArguments(configuration), Longest, cancellation);

        if (exitCode != 0)
            throw new CoreException($"{binary.Path} refuses the configuration: {CoreOutput.WithoutSecrets(said)}");
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>What it wrote may hold secrets.</returns>
    /// <exception cref="CoreException">It cannot be started, or does not come to an end.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        CoreBinary binary,
        IEnumerable<string> arguments,
        TimeSpan longest,
        CancellationToken cancellation
    )
    {
        var output = new StringBuilder();
        using var process = await StartAsync(binary, arguments);
        using var late = new CancellationTokenSource(longest, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);

        ListenTo(
            process,
            line =>
            {
                lock (output)
                {
                    if (output.Length + line.Length < LongestAnswer)
                        output.AppendLine(line);
                }
            }
        );

        try
        {
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();

            throw new CoreException($"{binary.Path} does not answer within {longest.TotalSeconds:0} s.");
        }

        lock (output)
            return (process.ExitCode, output.ToString().Trim());
    }

    /// <exception cref="CoreException">It cannot be started.</exception>
    public static async Task<Process> StartAsync(CoreBinary binary, IEnumerable<string> arguments)
    {
        string[] command = [.. ChildProcess.DiesWithUs, binary.Path, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Our environment holds our secrets. A core needs little of it: where its geo files lie, above all.
        foreach (var name in start.Environment.Keys.Where(name => !IsForCore(name)).ToList())
            start.Environment.Remove(name);

        try
        {
            var process = await ChildProcess.StartAsync(start);
            process.StandardInput.Close();

            return process;
        }
        catch (Win32Exception failure)
        {
            throw new CoreException($"{binary.Path} cannot be started.", failure);
        }
    }

    /// <summary>Gives each line of what it writes away.</summary>
    public static void ListenTo(Process process, Action<string> line)
    {
        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        void Take(object sender, DataReceivedEventArgs received)
        {
            if (!string.IsNullOrWhiteSpace(received.Data))
                line(received.Data);
        }
    }

    private static bool IsForCore(string name) =>
        name is "PATH" or "HOME" or "TZ" or "SSL_CERT_FILE" or "SSL_CERT_DIR" or "GODEBUG" or "GOMEMLIMIT" or "GOMAXPROCS"
        || name.StartsWith("XRAY_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("V2RAY_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("xray.", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("v2ray.", StringComparison.OrdinalIgnoreCase);
}
