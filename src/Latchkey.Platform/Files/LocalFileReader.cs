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
            handle = System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
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

    // At once: on Linux the asynchronous call is this one on another thread of the pool, and nearly always the bytes are in memory.
    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellation)
            : ValueTask.FromResult(RandomAccess.Read(handle, buffer.Span, offset));

    public ValueTask DisposeAsync()
    {
        handle.Dispose();
        return ValueTask.CompletedTask;
    }
}
