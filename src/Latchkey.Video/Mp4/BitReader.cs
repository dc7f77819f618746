namespace Latchkey.Video.Mp4;

/// <summary>Reads bits of a NAL unit, without its emulation prevention bytes. Past the end come zeros, and <see cref="IsExhausted"/>.</summary>
internal ref struct BitReader
{
    private readonly ReadOnlySpan<byte> bytes;
    private int position;
    private int bit;
    private int zeros;

    public BitReader(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

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
        if (bit == 0 && zeros >= 2 && position < bytes.Length && bytes[position] == 3)
        {
            position++;
            zeros = 0;
        }

        if (position >= bytes.Length)
        {
            IsExhausted = true;
            return 0;
        }

        var value = (uint)(bytes[position] >> (7 - bit)) & 1;

        if (++bit == 8)
        {
            zeros = bytes[position] == 0 ? zeros + 1 : 0;
            bit = 0;
            position++;
        }

        return value;
    }
}
