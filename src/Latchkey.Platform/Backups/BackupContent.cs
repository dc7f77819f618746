namespace Latchkey.Platform.Backups;

/// <summary>What of a data folder belongs into a backup, and how it is called there.</summary>
internal static class BackupContent
{
    public const string Root = "data/";
    public const string DatabaseName = "latchkey.db";

    private const string MediaFolder = "files";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>What only a running server needs: its lock, its address, what it is just making.</summary>
    public static IEnumerable<string> Files(string dataFolder, bool withMedia)
    {
        foreach (var entry in new DirectoryInfo(dataFolder).EnumerateFileSystemInfos())
        {
            if (IsOfRunningServer(entry.Name) || entry.Name.StartsWith(DatabaseName, StringComparison.Ordinal))
                continue;

            if (entry is FileInfo)
                yield return entry.Name;
            else if (withMedia || entry.Name != MediaFolder)
            {
                foreach (var path in Directory.EnumerateFiles(entry.FullName, "*", SearchOption.AllDirectories))
                    yield return Path.GetRelativePath(dataFolder, path).Replace('\\', '/');
            }
        }
    }

    /// <summary>Whether there is nothing in a folder that could be lost.</summary>
    public static bool IsEmpty(string dataFolder) =>
        new DirectoryInfo(dataFolder)
            .EnumerateFileSystemInfos()
            .All(entry =>
                IsOfRunningServer(entry.Name)
                || (entry is DirectoryInfo && !Directory.EnumerateFiles(entry.FullName, "*", SearchOption.AllDirectories).Any())
            );

    /// <summary>Where an entry goes below the data folder; <c>null</c> for a name that no backup of ours has.</summary>
    public static string? PathOf(string entryName)
    {
        if (!entryName.StartsWith(Root, StringComparison.Ordinal))
            return null;

        var parts = entryName[Root.Length..].Split('/');

        return
            parts.Any(part => part is "" or "." or ".." || part.Any(c => c is '\\' or ':' || char.IsControl(c)))
            || IsOfRunningServer(parts[0])
            ? null
            : Path.Combine(parts);
    }

    public static FileStream CreatePrivate(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.Asynchronous,
        };

        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;

        return new FileStream(path, options);
    }

    public static DirectoryInfo CreatePrivateFolder(string path) =>
        OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path)
            : Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);

    private static bool IsOfRunningServer(string name) =>
        name is "scratch" or "server.lock" || name.StartsWith("server.json", StringComparison.Ordinal);
}
