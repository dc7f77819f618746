using System.Buffers.Binary;
using Latchkey.Video.Encoding;

namespace Latchkey.Video.Mp4;

/// <summary>Reads big-endian numbers and boxes from memory. Reading past the end is a malformed file, not a crash.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly int Remaining => _rest.Length;

    public byte UInt8() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    /// <summary>An unsigned 64-bit number of which a signed one is all that any true file needs.</summary>
    public long Int63() =>
        UInt64() is var value && value <= long.MaxValue
            ? (long)value
            : throw new MediaException(MediaFailure.Malformed, "A number has 64 bits.");

    /// <summary>Version and flags of a full box.</summary>
    public (byte Version, uint Flags) Full() => UInt32() is var value ? ((byte)(value >> 24), value & 0xFFFFFF) : default;

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length)
        {
            throw new MediaException(MediaFailure.Malformed, "A box ends before its content.");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    /// <summary>The next child box. Less than a header at the end is padding (QuickTime ends some containers with four zero bytes).</summary>
    public bool TryBox(out FourCc type, out ReadOnlySpan<byte> body)
    {
        type = default;
        body = default;

        if (_rest.Length < 8)
        {
            return false;
        }

        long size = UInt32();
        type = new FourCc(UInt32());
        var header = 8;

        switch (size)
        {
            case 0 when type.Value == 0:
                return false;
            case 0:
                size = header + _rest.Length;
                break;
            case 1:
                size = Int63();
                header = 16;
                break;
        }

        if (size < header || size - header > _rest.Length)
        {
            throw new MediaException(MediaFailure.Malformed, $"The box {type} is larger than what holds it.");
        }

        body = Take((int)(size - header));
        return true;
    }

    /// <summary>The next MPEG-4 descriptor: a tag and a length of up to four bytes of seven bits.</summary>
    public bool TryDescriptor(out byte tag, out ReadOnlySpan<byte> body)
    {
        tag = 0;
        body = default;

        if (_rest.Length < 2)
        {
            return false;
        }

        tag = UInt8();
        var length = 0;

        for (var i = 0; i < 4; i++)
        {
            var part = UInt8();
            length = (length << 7) | (part & 0x7F);

            if ((part & 0x80) == 0)
            {
                break;
            }
        }

        // Writers exist that give the outermost descriptor a length beyond its box.
        body = Take(Math.Min(length, _rest.Length));
        return true;
    }

    /// <summary>How many entries of a size a table may claim: no more than its box holds.</summary>
    public readonly int Count(uint claimed, int entrySize) =>
        claimed <= (uint)(_rest.Length / entrySize)
            ? (int)claimed
            : throw new MediaException(MediaFailure.Malformed, "A table claims more entries than its box holds.");
}
