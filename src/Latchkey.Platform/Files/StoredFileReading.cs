using System.Buffers;

namespace Latchkey.Platform.Files;

public static class StoredFileReading
{
    private const int CopyChunk = 128 * 1024;

    /// <summary>All bytes of a small file, such as a plan or an init segment.</summary>
    /// <exception cref="EndOfStreamException">It became shorter than when it was opened.</exception>
    public static async Task<byte[]> ReadAllAsync(this IStoredFileReader reader, CancellationToken cancellation)
    {
        var bytes = new byte[reader.File.Length];

        for (var at = 0; at < bytes.Length; )
        {
            var read = await reader.ReadAsync(at, bytes.AsMemory(at), cancellation);
            at += read > 0 ? read : throw new EndOfStreamException("A stored file ended early.");
        }

        return bytes;
    }

    /// <summary>Copies the file, of any size, into a local one.</summary>
    public static async Task CopyToAsync(this IStoredFileReader reader, string path, CancellationToken cancellation)
    {
        await using var file = File.Create(path);
        await reader.CopyToAsync(file, cancellation);
    }

    /// <summary>Writes the file, of any size, to where it is wanted, while it is read.</summary>
    /// <exception cref="EndOfStreamException">It became shorter than when it was opened.</exception>
    public static async Task CopyToAsync(this IStoredFileReader reader, Stream stream, CancellationToken cancellation)
    {
        // Of this size each would be garbage that only a full collection takes away.
        using var buffer = MemoryPool<byte>.Shared.Rent(CopyChunk);

        for (var at = 0L; at < reader.File.Length; )
        {
            var read = await reader.ReadAsync(at, buffer.Memory, cancellation);

            if (read == 0)
                throw new EndOfStreamException("A stored file ended early.");

            await stream.WriteAsync(buffer.Memory[..read], cancellation);
            at += read;
        }
    }
}
