using Microsoft.Win32.SafeHandles;

namespace Latchkey.Platform.Files;

/// <summary>What is written goes on to the disk meanwhile, so that whoever ends a large file does not wait for all of it.</summary>
internal sealed class LocalGrowingFile(SafeFileHandle handle) : IGrowingFile
{
    private const int BytesBetweenFlushes = 16 << 20;

    private readonly Lock _lock = new();
    private Task _flushing = Task.CompletedTask;
    private long _unflushed;

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

    public async Task CompleteAsync(long length, CancellationToken cancellation)
    {
        try
        {
            // The system tells of a lost write once only, and that may have been one of these.
            await _flushing.WaitAsync(cancellation);
            await Task.Run(
                () =>
                {
                    RandomAccess.SetLength(handle, length);
                    RandomAccess.FlushToDisk(handle);
                },
                cancellation
            );
        }
        catch (IOException exception) when (StorageFullException.IsFull(exception))
        {
            throw new StorageFullException(exception);
        }
    }

    public ValueTask DisposeAsync()
    {
        handle.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>One at a time, and none after one that failed.</summary>
    private void FlushNowAndThen(int written)
    {
        lock (_lock)
        {
            _unflushed += written;

            if (_unflushed < BytesBetweenFlushes || !_flushing.IsCompletedSuccessfully)
                return;

            _unflushed = 0;
            _flushing = Task.Run(Flush);
        }
    }

    private void Flush()
    {
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (ObjectDisposedException)
        {
            // Nobody wants the file any more.
        }
    }
}
