using Latchkey.Platform.Files;

namespace Latchkey.Video.Tests.Encoding;

/// <summary>A file in memory, which counts what is read of it.</summary>
internal sealed class MemoryFile(byte[] bytes) : IStoredFileReader
{
    public long BytesRead { get; private set; }

    public int Reads { get; private set; }

    public StoredFile File { get; } = new("memory", bytes.Length, default);

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        var count = (int)Math.Clamp(bytes.Length - offset, 0, buffer.Length);
        bytes.AsMemory((int)Math.Min(offset, bytes.Length), count).CopyTo(buffer);
        BytesRead += count;
        Reads++;
        return new ValueTask<int>(count);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Counts what is read of another.</summary>
internal sealed class CountingFile(IStoredFileReader file) : IStoredFileReader
{
    public long BytesRead { get; private set; }

    public int Reads { get; private set; }

    public StoredFile File => file.File;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        var read = await file.ReadAsync(offset, buffer, cancellation);
        BytesRead += read;
        Reads++;
        return read;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
