using System.Net;
using Latchkey.Platform.Files;

namespace Latchkey.Generation.Supabase;

/// <summary>
/// Reads a file of the bucket. One after the other the bytes come from one answer; a jump asks again, from there on. For one request only.
/// </summary>
internal sealed class SupabaseFile(
    StoredFile file,
    HttpResponseMessage answer,
    Func<long, CancellationToken, Task<HttpResponseMessage?>> askFrom
) : IStoredFileReader
{
    private HttpResponseMessage _answer = answer;
    private Stream? _body;
    private long _at;

    public StoredFile File { get; } = file;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        if (offset >= File.Length)
            return 0;

        if (offset != _at)
            await JumpAsync(offset, cancellation);

        _body ??= await _answer.Content.ReadAsStreamAsync(cancellation);
        var read = await _body.ReadAsync(buffer, cancellation);
        _at += read;

        return read;
    }

    public ValueTask DisposeAsync()
    {
        _answer.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task JumpAsync(long offset, CancellationToken cancellation)
    {
        _answer.Dispose();
        _answer = await askFrom(offset, cancellation) ?? throw new IOException("The storage did not answer.");

        if (_answer.StatusCode != (offset == 0 ? HttpStatusCode.OK : HttpStatusCode.PartialContent))
            throw new IOException("The storage did not send the part of the file that it was asked for.");

        (_body, _at) = (null, offset);
    }
}
