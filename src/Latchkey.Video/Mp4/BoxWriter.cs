using System.Buffers.Binary;

namespace Latchkey.Video.Mp4;

/// <summary>Builds boxes in memory: begin one, write into it, end it.</summary>
internal sealed class BoxWriter
{
    private readonly Stack<int> _open = new();
    private byte[] _buffer = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    public void Begin(FourCc type)
    {
        _open.Push(Length);
        UInt32(0);
        UInt32(type.Value);
    }

    public void Full(FourCc type, byte version, uint flags)
    {
        Begin(type);
        UInt32(((uint)version << 24) | flags);
    }

    public void End()
    {
        var start = _open.Pop();
        UInt32At(start, (uint)(Length - start));
    }

    public void UInt8(byte value) => Grow(1)[0] = value;

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Grow(2), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Grow(4), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Grow(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Grow(8), value);

    public void Name(FourCc value) => UInt32(value.Value);

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Grow(bytes.Length));

    public void Zeros(int count) => Grow(count).Clear();

    public void UInt32At(int position, uint value) => BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(position), value);

    private Span<byte> Grow(int count)
    {
        if (Length + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        }

        Length += count;
        return _buffer.AsSpan(Length - count, count);
    }
}
