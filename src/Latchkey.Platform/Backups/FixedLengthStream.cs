namespace Latchkey.Platform.Backups;

/// <summary>
/// The first bytes of a file that may grow while it is read: a tar archive tells an entry's length before its content, and would read
/// another stream's whole content into memory first.
/// </summary>
internal sealed class FixedLengthStream(FileStream file, long length, BackupDigest digest) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => Count(file.Read(buffer[..Room(buffer.Length)]), buffer);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await file.ReadAsync(buffer[..Room(buffer.Length)], cancellationToken), buffer.Span);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Room(int wanted) => (int)Math.Min(wanted, length - _position);

    private int Count(int read, ReadOnlySpan<byte> buffer)
    {
        if (read == 0 && buffer.Length > 0 && _position < length)
            throw new EndOfStreamException($"{file.Name} became shorter while it was read.");

        digest.Add(buffer[..read]);
        _position += read;
        return read;
    }
}
