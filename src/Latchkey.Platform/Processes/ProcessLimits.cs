using System.Globalization;

namespace Latchkey.Platform.Processes;

/// <summary>What one process may take. Where the system cannot limit it, it runs all the same.</summary>
public sealed record ProcessLimits
{
    private static readonly bool CanLimit = OperatingSystem.IsLinux() && File.Exists("/usr/bin/prlimit");

    /// <summary>Enough for a dozen inputs and outputs and a library's own files.</summary>
    private const int OpenFiles = 256;

    /// <summary>Between the signal that ends a process whose time is used up, and the one that cannot be ignored.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Address space.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Processor time, over all its threads.</summary>
    public required TimeSpan ProcessorTime { get; init; }

    /// <summary>The largest file that it may write.</summary>
    public required long OutputBytes { get; init; }

    /// <summary>The command line that runs a program under these limits: small programs that each replace themselves by the next, so that one process is left.</summary>
    /// <param name="nice">One of <see cref="Nice"/>.</param>
    internal IReadOnlyList<string> Wrap(string program, IEnumerable<string> arguments, int nice)
    {
        // A killed Latchkey leaves no encoder behind.
        var command = new List<string>(ChildProcess.DiesWithUs);

        if (CanLimit)
        {
            command.AddRange([
                "/usr/bin/prlimit",
                "--as=" + Whole(MemoryBytes),
                $"--cpu={Whole(ProcessorTime)}:{Whole(ProcessorTime + Grace)}",
                "--fsize=" + Whole(OutputBytes),
                "--nofile=" + Whole(OpenFiles),
                "--core=0",
                "--",
            ]);

            if (nice > Nice.None)
                command.AddRange(["/usr/bin/nice", "-n", Whole(nice)]);
        }

        return [.. command, program, .. arguments];
    }

    private static string Whole(TimeSpan time) => Whole((long)Math.Ceiling(time.TotalSeconds));

    private static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);
}
