using Microsoft.Win32.SafeHandles;

namespace Latchkey.Platform.Files;

internal sealed class LocalFileReader(StoredFile file, SafeFileHandle handle) : IStoredFileReader
{
    public StoredFile File { get; } = file;

    public static LocalFileReader? Open(string key, string path)
    {
        SafeFileHandle handle;

        try
        {
            handle = System.IO.File.OpenHandle(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                FileOptions.Asynchronous
            );
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            return null;
        }

        try
        {
            // Of what was opened, not of what has the name by now.
            var changed = new DateTimeOffset(System.IO.File.GetLastWriteTimeUtc(handle));
            return new LocalFileReader(new StoredFile(key, RandomAccess.GetLength(handle), changed), handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation) =>
        RandomAccess.ReadAsync(handle, buffer, offset, cancellation);

    public ValueTask DisposeAsync()
    {
        handle.Dispose();
        return ValueTask.CompletedTask;
    }
}
