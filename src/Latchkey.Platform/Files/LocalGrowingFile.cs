using Microsoft.Win32.SafeHandles;

namespace Latchkey.Platform.Files;

/// <summary>What is written goes on to the disk meanwhile, so that whoever ends a large file does not wait for all of it.</summary>
internal sealed class LocalGrowingFile(SafeFileHandle handle) : IGrowingFile
{
    private const int BytesBetweenFlushes = 16 << 20;

    private Task _flushing = Task.CompletedTask;
    private long _sinceFlush;

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

        FlushNowAndThen(bytes.Length);
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

    private void FlushNowAndThen(int written)
    {
        if (Interlocked.Add(ref _sinceFlush, written) < BytesBetweenFlushes)
            return;

        lock (handle)
        {
            if (!_flushing.IsCompleted)
                return;

            Interlocked.Exchange(ref _sinceFlush, 0);
            _flushing = Task.Run(Flush);
        }
    }

    /// <summary>What it does not bring to the disk, the flush at the end does, or says why not.</summary>
    private void Flush()
    {
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException) { }
    }
}
