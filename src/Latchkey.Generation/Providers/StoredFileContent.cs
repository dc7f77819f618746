using System.Net;
using System.Net.Http.Headers;
using Latchkey.Platform.Files;

namespace Latchkey.Generation.Providers;

/// <summary>A file of the store as the body of a request: read while it is sent, since it may be a clip of two hundred megabytes.</summary>
internal sealed class StoredFileContent : HttpContent
{
    private readonly IFileStore _files;
    private readonly StoredFile _file;

    public StoredFileContent(IFileStore files, StoredFile file, string contentType)
    {
        (_files, _file) = (files, file);
        Headers.ContentType = new MediaTypeHeaderValue(contentType);
    }

    /// <summary>Writes a file as it is read.</summary>
    /// <exception cref="IOException">It is gone, or became shorter.</exception>
    public static async Task WriteAsync(IFileStore files, StoredFile file, Stream stream, CancellationToken cancellation)
    {
        await using var reader = await files.OpenAsync(file.Key, cancellation) ?? throw new FileNotFoundException("A stored file is gone.");

        if (reader.File.Length != file.Length)
            throw new IOException("A stored file has changed.");

        await reader.CopyToAsync(stream, cancellation);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        WriteAsync(_files, _file, stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = _file.Length;
        return true;
    }
}
