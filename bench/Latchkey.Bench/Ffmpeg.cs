using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Latchkey.Bench;

/// <summary>ffmpeg alone: the raw engine.</summary>
internal static partial class Ffmpeg
{
    private const int Children = -1; // RUSAGE_CHILDREN

    /// <returns>Seconds on the wall, and of all cores together.</returns>
    public static Task<(double Wall, double Cpu)> RunAsync(string arguments) => RunAsync(arguments.Split(' '));

    public static async Task<(double Wall, double Cpu)> RunAsync(IEnumerable<string> arguments)
    {
        var cpu = ChildrenSeconds();
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(
            new ProcessStartInfo("ffmpeg", ["-nostdin", "-v", "error", "-y", .. arguments]) { UseShellExecute = false }
        )!;
        await process.WaitForExitAsync();
        var wall = Stopwatch.GetElapsedTime(began).TotalSeconds;

        return process.ExitCode == 0
            ? (wall, ChildrenSeconds() - cpu)
            : throw new InvalidOperationException($"ffmpeg ended with {process.ExitCode}.");
    }

    private static double ChildrenSeconds()
    {
        var usage = new long[18];

        return GetUsage(Children, usage) == 0
            ? usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6)
            : throw new InvalidOperationException("getrusage failed.");
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetUsage(int who, [Out] long[] usage);
}
