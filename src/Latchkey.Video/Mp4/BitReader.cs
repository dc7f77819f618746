namespace Latchkey.Video.Mp4;

/// <summary>Reads bits of a NAL unit, without its emulation prevention bytes. Past the end come zeros, and <see cref="IsExhausted"/>.</summary>
internal ref struct BitReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;
    private int _bit;
    private int _zeros;

    public BitReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public bool IsExhausted { get; private set; }

    public uint Bits(int count)
    {
        uint value = 0;

        for (var i = 0; i < count; i++)
        {
            value = (value << 1) | Bit();
        }

        return value;
    }

    /// <summary>ue(v).</summary>
    public uint ExpGolomb()
    {
        var leading = 0;

        while (leading < 32 && !IsExhausted && Bit() == 0)
        {
            leading++;
        }

        return leading == 32 ? uint.MaxValue : (1u << leading) - 1 + Bits(leading);
    }

    private uint Bit()
    {
        if (_bit == 0 && _zeros >= 2 && _position < _bytes.Length && _bytes[_position] == 3)
        {
            _position++;
            _zeros = 0;
        }

        if (_position >= _bytes.Length)
        {
            IsExhausted = true;
            return 0;
        }

        var value = (uint)(_bytes[_position] >> (7 - _bit)) & 1;

        if (++_bit == 8)
        {
            _zeros = _bytes[_position] == 0 ? _zeros + 1 : 0;
            _bit = 0;
            _position++;
        }

        return value;
    }
}
