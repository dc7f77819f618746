using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Latchkey.Platform.Files;

/// <summary>
/// Who owns a file, which .NET neither tells nor changes. A file that root puts in another one's place would be root's, and whoever read the
/// old one could not read the new one.
/// </summary>
public static partial class FileOwner
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint OwnerAndGroup = 0x18; // STATX_UID | STATX_GID

    // Unlike struct stat, struct statx is the same on every machine (statx(2)).
    private const int StatusSize = 256;
    private const int OwnerAt = 20;
    private const int GroupAt = 24;

    /// <summary>Gives one file the owner and the group of another.</summary>
    /// <returns>Whether it has them now; only root may give a file away. Always <c>true</c> where files have no such owners.</returns>
    public static bool TryCopy(string from, string to)
    {
        if (!OperatingSystem.IsLinux())
            return true;

        return Read(from) is { } wanted && Read(to) is { } present && (wanted == present || Change(to, wanted.Owner, wanted.Group) == 0);
    }

    private static (uint Owner, uint Group)? Read(string path)
    {
        var status = new byte[StatusSize];

        return Status(CurrentFolder, path, 0, OwnerAndGroup, status) == 0
            ? (
                BinaryPrimitives.ReadUInt32LittleEndian(status.AsSpan(OwnerAt)),
                BinaryPrimitives.ReadUInt32LittleEndian(status.AsSpan(GroupAt))
            )
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32 | DllImportSearchPath.SafeDirectories)]
    private static partial int Status(int folder, string path, int flags, uint mask, byte[] status);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32 | DllImportSearchPath.SafeDirectories)]
    private static partial int Change(string path, uint owner, uint group);
}
