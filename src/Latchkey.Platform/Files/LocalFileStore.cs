using System.Runtime.CompilerServices;

namespace Latchkey.Platform.Files;

/// <summary>
/// The file store in the data folder: <c>files/</c> holds what is stored, <c>scratch/</c> what is being made, on the same volume, so that a
/// finished file moves in by one rename or link.
/// </summary>
internal sealed class LocalFileStore : IFileStore
{
    // A folder that was just made can be gone again, because a file beside it was deleted and took the empty folder along.
    private const int Attempts = 100;

    private readonly string _files;
    private readonly string _scratch;

    public LocalFileStore(string dataFolder)
    {
        _files = Path.Combine(Path.GetFullPath(dataFolder), "files");
        _scratch = Path.Combine(Path.GetFullPath(dataFolder), "scratch");

        Directory.CreateDirectory(_files);
        Directory.CreateDirectory(_scratch);
    }

    public ValueTask<StoredFile?> FindAsync(string key, CancellationToken cancellation)
    {
        var file = new FileInfo(PathOf(key));
        return ValueTask.FromResult(file.Exists ? new StoredFile(key, file.Length, new DateTimeOffset(file.LastWriteTimeUtc)) : null);
    }

    public ValueTask<IStoredFileReader?> OpenAsync(string key, CancellationToken cancellation) =>
        ValueTask.FromResult<IStoredFileReader?>(LocalFileReader.Open(key, PathOf(key)));

    public Task<bool> PublishAsync(string localPath, string key, CancellationToken cancellation) =>
        Task.Run(() => Publish(localPath, PathOf(key)), cancellation);

    public Task ReplaceAsync(string localPath, string key, CancellationToken cancellation) =>
        Task.Run(
            () =>
            {
                Flush(localPath);
                InFolderOf(PathOf(key), path => File.Move(localPath, path, overwrite: true));
            },
            cancellation
        );

    public Task<IGrowingFile> OpenGrowingAsync(string key, CancellationToken cancellation) =>
        Task.FromResult<IGrowingFile>(
            InFolderOf(
                PathOf(key),
                path => new LocalGrowingFile(
                    File.OpenHandle(
                        path,
                        FileMode.OpenOrCreate,
                        FileAccess.Write,
                        FileShare.ReadWrite | FileShare.Delete,
                        FileOptions.Asynchronous
                    )
                )
            )
        );

    public Task MoveAsync(string key, string newKey, CancellationToken cancellation)
    {
        var path = PathOf(key);

        InFolderOf(PathOf(newKey), newPath => File.Move(path, newPath, overwrite: true));
        RemoveEmptyFolders(path);
        return Task.CompletedTask;
    }

    public Task LinkAsync(string key, string newKey, CancellationToken cancellation) =>
        Task.Run(() => Link(PathOf(key), PathOf(newKey)), cancellation);

    public Task DeleteAsync(string key, CancellationToken cancellation)
    {
        var path = PathOf(key);

        try
        {
            File.Delete(path);
            RemoveEmptyFolders(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Already gone: that is what was wanted.
        }

        return Task.CompletedTask;
    }

    public Task DeleteTreeAsync(string prefix, CancellationToken cancellation) =>
        Task.Run(
            () =>
            {
                var folder = FolderOf(prefix);
                var gone = NewScratchPath("deleted");

                try
                {
                    // Nobody sees half of it deleted, and what a crash leaves is scratch.
                    Directory.Move(folder, gone);
                }
                catch (DirectoryNotFoundException)
                {
                    return;
                }

                RemoveEmptyFolders(folder);
                Directory.Delete(gone, recursive: true);
            },
            cancellation
        );

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var folder = FolderOf(prefix);

        if (!Directory.Exists(folder))
            yield break;

        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return Path.GetRelativePath(_files, path).Replace('\\', '/');
        }
    }

    public string InputFor(string key) => PathOf(key);

    public long? FreeBytes() => new DriveInfo(_files).AvailableFreeSpace;

    public ScratchFolder CreateScratch(string purpose) => new(Directory.CreateDirectory(NewScratchPath(purpose)).FullName);

    /// <summary>Removes what a crash left. Only the process that owns the data folder may do this.</summary>
    public void EmptyScratch()
    {
        foreach (var entry in new DirectoryInfo(_scratch).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else
                entry.Delete();
        }
    }

    private bool Publish(string localPath, string path)
    {
        Flush(localPath);

        var outcome = InFolderOf(path, target => LinkOnce(localPath, target));

        if (outcome == HardLink.Outcome.NotPossibleHere)
            return PublishCopy(localPath, path);

        File.Delete(localPath);
        return outcome == HardLink.Outcome.Made;
    }

    /// <summary>For a file from another volume, and file systems without hard links.</summary>
    private bool PublishCopy(string localPath, string path)
    {
        var copy = NewScratchPath("publish");

        try
        {
            Guard(() => File.Copy(localPath, copy));
            Flush(copy);
            File.Delete(localPath);

            if (InFolderOf(path, target => LinkOnce(copy, target)) is var outcome and not HardLink.Outcome.NotPossibleHere)
                return outcome == HardLink.Outcome.Made;

            if (File.Exists(path))
                return false;

            InFolderOf(path, target => File.Move(copy, target));
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private void Link(string path, string newPath)
    {
        if (InFolderOf(newPath, target => LinkOnce(path, target)) is HardLink.Outcome.Made)
            return;

        // Taken, or not possible here: make the new name aside, and put it in place of the old.
        var aside = NewScratchPath("link");

        try
        {
            if (HardLink.Make(path, aside) != HardLink.Outcome.Made)
                Guard(() => File.Copy(path, aside));

            InFolderOf(newPath, target => File.Move(aside, target, overwrite: true));
        }
        finally
        {
            // rename(2) of two names of one file does nothing.
            File.Delete(aside);
        }
    }

    private static HardLink.Outcome LinkOnce(string path, string newPath)
    {
        var outcome = HardLink.Make(path, newPath);

        return outcome != HardLink.Outcome.NoSuchFileOrFolder ? outcome
            : File.Exists(path) ? throw new DirectoryNotFoundException($"The folder of '{newPath}' is gone.")
            : throw new FileNotFoundException($"There is no file '{path}'.", path);
    }

    private static void InFolderOf(string path, Action<string> act) =>
        InFolderOf(
            path,
            target =>
            {
                act(target);
                return true;
            }
        );

    private static T InFolderOf<T>(string path, Func<string, T> act)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return Guard(() =>
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    return act(path);
                });
            }
            catch (IOException failure) when (attempt < Attempts && IsWithoutFolder(failure, path))
            {
                // Made again above.
            }
        }
    }

    /// <summary>A folder that somebody else has made again meanwhile leaves what could not be made in it, or itself, as what was not found.</summary>
    private static bool IsWithoutFolder(IOException failure, string path) =>
        failure is DirectoryNotFoundException
        || (failure is FileNotFoundException { FileName: { } name } && path.StartsWith(name, StringComparison.Ordinal));

    private void RemoveEmptyFolders(string path)
    {
        for (
            var folder = Path.GetDirectoryName(path);
            folder is not null && folder.Length > _files.Length;
            folder = Path.GetDirectoryName(folder)
        )
        {
            try
            {
                Directory.Delete(folder);
            }
            catch (DirectoryNotFoundException)
            {
                // Somebody else removed it; its parents may still be empty.
            }
            catch (IOException)
            {
                return;
            }
        }
    }

    private static void Flush(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        Guard(() => RandomAccess.FlushToDisk(handle));
    }

    private static void Guard(Action act) =>
        Guard(() =>
        {
            act();
            return true;
        });

    private static T Guard<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (IOException exception) when (StorageFullException.IsFull(exception))
        {
            throw new StorageFullException(exception);
        }
    }

    private string NewScratchPath(string purpose) => Path.Combine(_scratch, $"{purpose}-{Guid.NewGuid():n}");

    private string PathOf(string key) => Path.Combine(_files, FileKey.Check(key));

    private string FolderOf(string prefix) =>
        prefix.EndsWith('/')
            ? PathOf(prefix[..^1])
            : throw new ArgumentException($"The prefix '{prefix}' must end with a slash.", nameof(prefix));
}
