using System.Net;
using Latchkey.Platform.Files;

namespace Latchkey.Generation.Providers;

/// <summary>A file of the store as the body of a request: read while it is sent, since it may be a clip of two hundred megabytes.</summary>
/// <param name="reader">Stays the caller's, and open until the request has been sent.</param>
internal sealed class StoredFileContent(IStoredFileReader reader) : HttpContent
{
    private const int Chunk = 64 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new byte[Chunk];

        for (var at = 0L; await reader.ReadAsync(at, buffer, cancellationToken) is var read and > 0; at += read)
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = reader.File.Length;
        return true;
    }
}
