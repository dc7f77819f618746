namespace Latchkey.Video.Mp4;

/// <summary>What avcC and the first sequence parameter set in it say (ISO/IEC 14496-15 §5.3.3; ITU-T H.264 §7.3.2.1.1).</summary>
internal sealed record AvcConfiguration(string Codecs, int LengthSize, bool Is420EightBit, bool IsInterlaced)
{
    /// <summary>How many frames are decoded before one that is shown earlier; <c>null</c> when it is not said.</summary>
    public int? ReorderedFrames { get; private init; }

    /// <returns><c>null</c> when it cannot be understood: ffmpeg may still make sense of the stream.</returns>
    public static AvcConfiguration? Read(ReadOnlySpan<byte> avcc)
    {
        if (avcc.Length < 8 || avcc[0] != 1 || (avcc[5] & 0x1F) == 0)
        {
            return null;
        }

        var length = (avcc[6] << 8) | avcc[7];

        if (length < 4 || avcc.Length < 8 + length)
        {
            return null;
        }

        var codecs = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"avc1.{avcc[1]:x2}{avcc[2]:x2}{avcc[3]:x2}");

        return ReadSequence(avcc.Slice(8, length)) is var (plain, interlaced, reordered)
            ? new AvcConfiguration(codecs, (avcc[4] & 3) + 1, plain, interlaced) { ReorderedFrames = reordered }
            : null;
    }

    private static (bool Is420EightBit, bool IsInterlaced, int? ReorderedFrames)? ReadSequence(ReadOnlySpan<byte> nal)
    {
        var bits = new BitReader(nal[1..]);
        var profile = bits.Bits(8);
        bits.Bits(16);
        bits.ExpGolomb();
        var plain = true;

        if (profile is 100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135)
        {
            var chroma = bits.ExpGolomb();

            if (chroma == 3)
            {
                bits.Bits(1);
            }

            var luma = bits.ExpGolomb();
            plain = chroma == 1 && luma == 0 && bits.ExpGolomb() == 0;

            if (!plain)
            {
                return (false, false, null);
            }

            bits.Bits(1);

            if (bits.Bits(1) == 1)
            {
                for (var i = 0; i < 8; i++)
                {
                    if (bits.Bits(1) == 1)
                    {
                        SkipScalingList(ref bits, i < 6 ? 16 : 64);
                    }
                }
            }
        }

        bits.ExpGolomb();
        var order = bits.ExpGolomb();

        if (order == 0)
        {
            bits.ExpGolomb();
        }
        else if (order == 1)
        {
            bits.Bits(1);
            bits.ExpGolomb();
            bits.ExpGolomb();
            var cycle = bits.ExpGolomb();

            for (var i = 0; i < Math.Min(cycle, 255); i++)
            {
                bits.ExpGolomb();
            }
        }

        bits.ExpGolomb();
        bits.Bits(1);
        bits.ExpGolomb();
        bits.ExpGolomb();
        var onlyFrames = bits.Bits(1) == 1;

        if (bits.IsExhausted)
        {
            return null;
        }

        if (!onlyFrames)
        {
            bits.Bits(1);
        }

        bits.Bits(1);

        if (bits.Bits(1) == 1)
        {
            for (var i = 0; i < 4; i++)
            {
                bits.ExpGolomb();
            }
        }

        var reordered = bits.Bits(1) == 1 ? ReadReordered(ref bits) : null;

        // Baseline has no B-frames.
        return (plain, !onlyFrames, profile == 66 ? 0 : reordered);
    }

    /// <summary>vui_parameters (ITU-T H.264 §E.1.1), as far as bitstream_restriction.</summary>
    private static int? ReadReordered(ref BitReader bits)
    {
        const uint extendedAspect = 255;

        if (bits.Bits(1) == 1 && bits.Bits(8) == extendedAspect)
        {
            bits.Bits(32);
        }

        bits.Bits(bits.Bits(1) == 1 ? 1 : 0);

        if (bits.Bits(1) == 1)
        {
            bits.Bits(4);
            bits.Bits(bits.Bits(1) == 1 ? 24 : 0);
        }

        if (bits.Bits(1) == 1)
        {
            bits.ExpGolomb();
            bits.ExpGolomb();
        }

        if (bits.Bits(1) == 1)
        {
            bits.Bits(32);
            bits.Bits(32);
            bits.Bits(1);
        }

        var nal = bits.Bits(1) == 1;

        if (nal)
        {
            SkipBuffering(ref bits);
        }

        var vcl = bits.Bits(1) == 1;

        if (vcl)
        {
            SkipBuffering(ref bits);
        }

        bits.Bits(nal || vcl ? 1 : 0);
        bits.Bits(1);

        if (bits.Bits(1) == 0)
        {
            return null;
        }

        bits.Bits(1);

        for (var i = 0; i < 4; i++)
        {
            bits.ExpGolomb();
        }

        return bits.ExpGolomb() is <= 16 and var reordered && !bits.IsExhausted ? (int)reordered : null;
    }

    /// <summary>hrd_parameters (§E.1.2).</summary>
    private static void SkipBuffering(ref BitReader bits)
    {
        var buffers = Math.Min(bits.ExpGolomb(), 31);
        bits.Bits(8);

        for (var i = 0; i <= buffers; i++)
        {
            bits.ExpGolomb();
            bits.ExpGolomb();
            bits.Bits(1);
        }

        bits.Bits(20);
    }

    private static void SkipScalingList(ref BitReader bits, int size)
    {
        var (last, next) = (8, 8);

        for (var i = 0; i < size; i++)
        {
            if (next != 0)
            {
                var coded = bits.ExpGolomb();
                var delta = (coded & 1) == 1 ? (int)((coded + 1) / 2) : -(int)(coded / 2);
                next = (last + delta) & 0xFF;
            }

            last = next == 0 ? last : next;
        }
    }
}
