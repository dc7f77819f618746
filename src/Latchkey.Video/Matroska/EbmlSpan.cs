using System.Buffers.Binary;
using Latchkey.Video.Encoding;

namespace Latchkey.Video.Matroska;

/// <summary>Elements in memory. Reading past the end is a malformed file, not a crash.</summary>
internal ref struct EbmlSpan(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly int Remaining => _rest.Length;

    public bool TryElement(out uint id, out ReadOnlySpan<byte> body)
    {
        id = 0;
        body = default;

        if (_rest.IsEmpty)
        {
            return false;
        }

        id = (uint)Variable(4, keepMarker: true);
        var size = Variable(8, keepMarker: false);

        if (size > _rest.Length)
        {
            throw Malformed("An element is larger than what holds it.");
        }

        body = _rest[..(int)size];
        _rest = _rest[(int)size..];
        return true;
    }

    /// <summary>A number whose length is in its first byte (RFC 8794 §4). All ones, which say that a size is not known, come back as the largest number.</summary>
    public long Variable(int most, bool keepMarker)
    {
        if (_rest.IsEmpty || _rest[0] == 0)
        {
            throw Malformed("A number has no length.");
        }

        var length = System.Numerics.BitOperations.LeadingZeroCount((uint)_rest[0]) - 23;

        if (length > most || length > _rest.Length)
        {
            throw Malformed("A number is too long.");
        }

        var value = keepMarker ? (long)_rest[0] : _rest[0] & (0xFF >> length);
        var ones = (_rest[0] & (0xFF >> length)) == 0xFF >> length;

        for (var i = 1; i < length; i++)
        {
            value = (value << 8) | _rest[i];
            ones &= _rest[i] == 0xFF;
        }

        _rest = _rest[length..];
        return ones && !keepMarker ? long.MaxValue : value;
    }

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public void Skip(int count) => _rest = count <= _rest.Length ? _rest[count..] : throw Malformed("An element ends before its content.");

    /// <summary>An unsigned element of up to eight bytes; none is zero.</summary>
    public static long Unsigned(ReadOnlySpan<byte> body)
    {
        if (body.Length > 8)
        {
            throw Malformed("A number has more than eight bytes.");
        }

        long value = 0;

        foreach (var part in body)
        {
            value = (value << 8) | part;
        }

        return value >= 0 ? value : throw Malformed("A number has 64 bits.");
    }

    public static double Float(ReadOnlySpan<byte> body) =>
        body.Length switch
        {
            0 => 0,
            4 => BinaryPrimitives.ReadSingleBigEndian(body),
            8 => BinaryPrimitives.ReadDoubleBigEndian(body),
            _ => throw Malformed("A number is neither of four nor of eight bytes."),
        };

    private static MediaException Malformed(string message) => new(MediaFailure.Malformed, message);
}
