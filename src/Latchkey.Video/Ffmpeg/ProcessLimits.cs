using System.Globalization;

namespace Latchkey.Video.Ffmpeg;

/// <summary>The command line that runs a program under limits: small programs that each replace themselves by the next, so that one process is left.</summary>
internal static class ProcessLimits
{
    private static readonly bool CanLimit = OperatingSystem.IsLinux() && File.Exists("/usr/bin/setpriv") && File.Exists("/usr/bin/prlimit");

    public static IReadOnlyList<string> Wrap(string program, IEnumerable<string> arguments, long memoryBytes, bool background)
    {
        var command = new List<string>();

        if (CanLimit)
        {
            // Die with us: a killed Latchkey leaves no encoder behind.
            command.AddRange(["/usr/bin/setpriv", "--pdeathsig", "KILL", "--"]);
            command.AddRange(["/usr/bin/prlimit", string.Create(CultureInfo.InvariantCulture, $"--as={memoryBytes}"), "--core=0", "--"]);

            if (background)
            {
                command.AddRange(["/usr/bin/nice", "-n", "10"]);
            }
        }

        command.Add(program);
        command.AddRange(arguments);
        return command;
    }
}
