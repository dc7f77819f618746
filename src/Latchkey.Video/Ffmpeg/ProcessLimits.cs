using Latchkey.Platform.Processes;

namespace Latchkey.Video.Ffmpeg;

/// <summary>How much a run gives way to others on the machine, as <c>nice</c> counts it.</summary>
internal static class Nice
{
    public const int None = 0;

    /// <summary>For what a viewer will probably want: it gives way to what one waits for.</summary>
    public const int First = 5;

    public const int Background = 19;
}

/// <summary>The command line that runs a program under limits: small programs that each replace themselves by the next, so that one process is left.</summary>
internal static class ProcessLimits
{
    private static readonly bool CanLimit = OperatingSystem.IsLinux() && File.Exists("/usr/bin/prlimit");

    /// <summary>Enough for a dozen inputs and outputs and a library's own files.</summary>
    private const int OpenFiles = 256;

    /// <summary>Between the signal that ends a process whose time is used up, and the one that cannot be ignored.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<string> Wrap(string program, IEnumerable<string> arguments, FfmpegOptions options, int nice)
    {
        // A killed Latchkey leaves no encoder behind.
        var command = new List<string>(ChildProcess.DiesWithUs);

        if (CanLimit)
        {
            command.AddRange([
                "/usr/bin/prlimit",
                "--as=" + FfmpegArguments.Number(options.MemoryBytes),
                $"--cpu={Whole(options.ProcessorTime)}:{Whole(options.ProcessorTime + Grace)}",
                "--fsize=" + FfmpegArguments.Number(options.OutputBytes),
                "--nofile=" + FfmpegArguments.Number(OpenFiles),
                "--core=0",
                "--",
            ]);

            if (nice > Nice.None)
            {
                command.AddRange(["/usr/bin/nice", "-n", FfmpegArguments.Number(nice)]);
            }
        }

        command.Add(program);
        command.AddRange(arguments);
        return command;
    }

    private static string Whole(TimeSpan time) => FfmpegArguments.Number((long)Math.Ceiling(time.TotalSeconds));
}
