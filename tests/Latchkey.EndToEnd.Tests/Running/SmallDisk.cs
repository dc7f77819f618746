namespace Latchkey.EndToEnd.Tests.Running;

/// <summary>A disk of some megabytes in memory that only the server sees: a namespace of its own, for which nobody has to be root.</summary>
internal static class SmallDisk
{
    public static async Task<bool> IsAllowedAsync()
    {
        using var folder = new TemporaryFolder();

        try
        {
            return (await Command.RunAsync("unshare", ["-rm", "mount", "-t", "tmpfs", "none", folder.Path])).ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no unshare here.
            return false;
        }
    }

    public static (string Program, string[] Arguments) Serve(string folder, int megabytes)
    {
        Directory.CreateDirectory(folder);
        return ("unshare", ["-rm", "sh", "-c", $"mount -t tmpfs -o size={megabytes}m none '{folder}' && exec '{Folders.Binary}' serve"]);
    }
}
