namespace Latchkey.Platform.Files;

public static class StoredFileReading
{
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
}
