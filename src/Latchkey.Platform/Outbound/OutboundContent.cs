namespace Latchkey.Platform.Outbound;

/// <summary>The body of an answer, counted, and under the request's deadline.</summary>
internal sealed class OutboundContent(HttpContent content, long maxBytes, OutboundDeadline deadline) : Stream
{
    private Stream? _inner;
    private long _position;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    /// <summary>The bytes read so far.</summary>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var cancel = cancellationToken.UnsafeRegister(static state => ((OutboundDeadline)state!).Cancel(), deadline);

        var read = await deadline.GuardAsync(async token =>
        {
            try
            {
                _inner ??= await content.ReadAsStreamAsync(token);
                return await _inner.ReadAsync(buffer, token);
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException)
            {
                throw new OutboundException(
                    OutboundReasons.ConnectionLost,
                    "The connection was lost before the end of the answer.",
                    exception
                );
            }
        });

        _position += read;

        return _position <= maxBytes ? read : throw OutboundFailure.TooLarge(maxBytes);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner?.Dispose();

        base.Dispose(disposing);
    }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
