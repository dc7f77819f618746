using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Latchkey.Platform.Processes;

/// <summary>
/// Starts programs that die with us. Linux sends a child its parent-death signal when the <em>thread</em> that started it ends
/// (prctl(2), PR_SET_PDEATHSIG), and threads of the pool come and go; so one thread starts them all, and lasts as long as the process.
/// </summary>
public static partial class ChildProcess
{
    private const string Setpriv = "/usr/bin/setpriv";
    private const int Terminate = 15; // SIGTERM

    private static readonly BlockingCollection<Action> Starts = [];

    static ChildProcess() =>
        new Thread(() =>
        {
            foreach (var start in Starts.GetConsumingEnumerable())
                start();
        })
        {
            IsBackground = true,
            Name = "process-starter",
        }.Start();

    /// <summary>What a command line begins with, so that the program is killed when this process ends, however it ends; empty where that is not possible.</summary>
    public static IReadOnlyList<string> DiesWithUs { get; } =
        OperatingSystem.IsLinux() && File.Exists(Setpriv) ? [Setpriv, "--pdeathsig", "KILL", "--"] : [];

    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public static Task<Process> StartAsync(ProcessStartInfo start)
    {
        var result = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);

        Starts.Add(() =>
        {
            try
            {
                result.SetResult(Process.Start(start)!);
            }
            catch (Exception failure)
            {
                result.SetException(failure);
            }
        });

        return result.Task;
    }

    /// <summary>
    /// Starts a program that reads what strangers made: without a shell, under limits, with its three streams in our hands and an environment
    /// that knows none of our secrets.
    /// </summary>
    /// <param name="nice">One of <see cref="Nice"/>.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public static Task<Process> StartAsync(string program, IEnumerable<string> arguments, ProcessLimits limits, int nice)
    {
        var command = limits.Wrap(program, arguments, nice);
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["LC_ALL"] = "C";

        return StartAsync(start);
    }

    /// <summary>Asks it to end, in the way that it can prepare for; .NET only offers the other one.</summary>
    public static void AskToEnd(Process process)
    {
        if (OperatingSystem.IsWindows())
            Kill(process);
        else if (!process.HasExited)
            _ = Signal(process.Id, Terminate);
    }

    /// <summary>Ends it at once. One that has ended already stays so.</summary>
    public static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32 | DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int process, int signal);
}
