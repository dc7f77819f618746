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
        var buffer = new byte[CopyChunk];

        for (var at = 0L; await reader.ReadAsync(at, buffer, cancellation) is var read and > 0; at += read)
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
    }
}
