using System.Collections;

namespace Latchkey.Video.Encoding;

/// <summary>Which segments of a rendition are there: a bit each.</summary>
internal sealed class SegmentSet
{
    private readonly BitArray _bits;

    public SegmentSet(int segments) => _bits = new BitArray(segments);

    /// <summary>Reads what <see cref="ToBytes"/> wrote; a set of another size starts empty.</summary>
    public SegmentSet(int segments, byte[] bytes)
    {
        _bits = bytes.Length == ByteLength(segments) ? new BitArray(bytes) { Length = segments } : new BitArray(segments);
        Count = _bits.Cast<bool>().Count(bit => bit);
    }

    public int Count { get; private set; }

    public bool IsComplete => Count == _bits.Length;

    public bool this[int segment] => _bits[segment];

    /// <returns>Whether the segment was not there before.</returns>
    public bool Add(int segment)
    {
        if (_bits[segment])
        {
            return false;
        }

        _bits[segment] = true;
        Count++;
        return true;
    }

    public void Remove(int segment)
    {
        Count -= _bits[segment] ? 1 : 0;
        _bits[segment] = false;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[ByteLength(_bits.Length)];
        _bits.CopyTo(bytes, 0);
        return bytes;
    }

    private static int ByteLength(int segments) => (segments + 7) / 8;
}
