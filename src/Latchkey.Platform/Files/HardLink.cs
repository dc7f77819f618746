using System.Runtime.InteropServices;

namespace Latchkey.Platform.Files;

/// <summary>link(2), which .NET does not offer: the one call that gives a file its name only if nobody has it yet.</summary>
internal static partial class HardLink
{
    private const int NoSuchFile = 2; // ENOENT
    private const int Exists = 17; // EEXIST
    private const int OtherVolume = 18; // EXDEV
    private const int NotPermitted = 1; // EPERM: the file system has no hard links
    private const int TooManyLinks = 31; // EMLINK
    private const int NotSupported = 95; // EOPNOTSUPP

    public enum Outcome
    {
        Made,
        Exists,
        NoSuchFileOrFolder,
        NotPossibleHere,
    }

    public static Outcome Make(string path, string newPath)
    {
        if (OperatingSystem.IsWindows())
            return MakeOnWindows(path, newPath);

        if (Link(path, newPath) == 0)
            return Outcome.Made;

        return Marshal.GetLastPInvokeError() switch
        {
            Exists => Outcome.Exists,
            NoSuchFile => Outcome.NoSuchFileOrFolder,
            OtherVolume or NotPermitted or TooManyLinks or NotSupported => Outcome.NotPossibleHere,
            var error => throw new IOException($"'{newPath}' could not be linked: {Marshal.GetPInvokeErrorMessage(error)}", error),
        };
    }

    private static Outcome MakeOnWindows(string path, string newPath) =>
        CreateHardLink(newPath, path, 0) ? Outcome.Made
        : File.Exists(newPath) ? Outcome.Exists
        : !File.Exists(path) || !Directory.Exists(Path.GetDirectoryName(newPath)) ? Outcome.NoSuchFileOrFolder
        : Outcome.NotPossibleHere;

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32 | DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string path, string newPath);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string newPath, string path, nint securityAttributes);
}
