using Latchkey.Platform.Settings;

namespace Latchkey.Platform.Data;

/// <summary>The folder that holds everything of one Latchkey: the database, the files, its own TLS certificate.</summary>
public sealed class DataFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string LockName = "server.lock";

    /// <param name="path">Relative paths count from the working folder.</param>
    public DataFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);

        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(Path);
            else
                Directory.CreateDirectory(Path, OwnerOnly | UnixFileMode.UserExecute);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LatchkeyStartException($"The data folder {Path} (LATCHKEY_DATA) cannot be made: {failure.Message}", failure);
        }
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Creates an empty file that only its owner may read, unless it is there already.</summary>
    public string PrivateFile(string name)
    {
        var path = File(name);
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
        };

        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;

        using var file = new FileStream(path, options);

        if (!OperatingSystem.IsWindows() && System.IO.File.GetUnixFileMode(path) != OwnerOnly)
            System.IO.File.SetUnixFileMode(path, OwnerOnly);

        return path;
    }

    /// <summary>
    /// Takes the folder for this process until the result is disposed or the process dies, however it dies; <c>null</c> when another has it.
    /// </summary>
    public IDisposable? TryLock()
    {
        try
        {
            return new FileStream(PrivateFile(LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new LatchkeyStartException($"The data folder {Path} (LATCHKEY_DATA) cannot be written: {failure.Message}", failure);
        }
    }
}
