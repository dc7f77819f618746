using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Platform.Web;

/// <summary>The bytes of a multipart file: counts them, stops at the limit, and names what goes wrong.</summary>
internal sealed class MultipartContent(Stream part, long limit, int bufferSize) : Stream
{
    private byte[] _peeked = ArrayPool<byte>.Shared.Rent(bufferSize);
    private int _peekedLength;
    private int _peekedRead;
    private long _position;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    /// <summary>The bytes handed on so far.</summary>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>Waits for the first bytes, and keeps them for the first read.</summary>
    public async ValueTask<bool> HasBytesAsync(CancellationToken cancellation)
    {
        _peekedLength = await ReadPart(_peeked, cancellation);
        return _peekedLength > 0;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;

        if (_peekedRead < _peekedLength)
        {
            read = Math.Min(buffer.Length, _peekedLength - _peekedRead);
            _peeked.AsMemory(_peekedRead, read).CopyTo(buffer);
            _peekedRead += read;
        }
        else
        {
            read = await ReadPart(buffer, cancellationToken);
        }

        _position += read;

        return _position <= limit
            ? read
            : throw new MultipartException(MultipartFailure.FileTooLarge, $"The file is larger than {limit} bytes.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>The multipart form of what a read threw; what is not about the upload stays as it is.</summary>
    public static Exception Explain(Exception exception) =>
        exception switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new MultipartException(
                MultipartFailure.FileTooLarge,
                "The body is too large.",
                exception
            ),
            BadHttpRequestException => new MultipartException(MultipartFailure.SenderWentAway, "The body ended early.", exception),
            InvalidDataException => new MultipartException(MultipartFailure.Malformed, "The multipart body is malformed.", exception),
            Microsoft.AspNetCore.Connections.ConnectionResetException => new MultipartException(
                MultipartFailure.SenderWentAway,
                "The sender went away.",
                exception
            ),
            IOException => new MultipartException(
                MultipartFailure.Malformed,
                "The multipart body ends before its last boundary.",
                exception
            ),
            _ => exception,
        };

    private async ValueTask<int> ReadPart(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await part.ReadAsync(buffer, cancellation);
        }
        catch (Exception exception) when (exception is not MultipartException)
        {
            throw Explain(exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _peeked, []) is { Length: > 0 } peeked)
            ArrayPool<byte>.Shared.Return(peeked);

        base.Dispose(disposing);
    }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
