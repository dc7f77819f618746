using System.Net;
using Latchkey.Platform.Files;

namespace Latchkey.Generation.Supabase;

/// <summary>A file of the store as the body of a request, sent as it is read.</summary>
internal sealed class StoredFileContent(IStoredFileReader file) : HttpContent
{
    private const int ChunkSize = 128 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new byte[ChunkSize];

        for (var at = 0L; at < file.File.Length; )
        {
            var read = await file.ReadAsync(at, buffer, cancellationToken);

            if (read == 0)
                throw new IOException("A stored file ended early.");

            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            at += read;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = file.File.Length;
        return true;
    }
}
