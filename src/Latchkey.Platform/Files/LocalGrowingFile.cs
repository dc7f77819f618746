using Microsoft.Win32.SafeHandles;

namespace Latchkey.Platform.Files;

internal sealed class LocalGrowingFile(SafeFileHandle handle) : IGrowingFile
{
    public async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await RandomAccess.WriteAsync(handle, bytes, offset, cancellation);
        }
        catch (IOException exception) when (StorageFullException.IsFull(exception))
        {
            throw new StorageFullException(exception);
        }
    }

    public Task CompleteAsync(long length, CancellationToken cancellation) =>
        Task.Run(
            () =>
            {
                try
                {
                    RandomAccess.SetLength(handle, length);
                    RandomAccess.FlushToDisk(handle);
                }
                catch (IOException exception) when (StorageFullException.IsFull(exception))
                {
                    throw new StorageFullException(exception);
                }
            },
            cancellation
        );

    public ValueTask DisposeAsync()
    {
        handle.Dispose();
        return ValueTask.CompletedTask;
    }
}
