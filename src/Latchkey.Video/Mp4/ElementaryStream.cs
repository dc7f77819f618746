namespace Latchkey.Video.Mp4;

/// <summary>esds: MPEG-4's descriptors around an AudioSpecificConfig (ISO/IEC 14496-1 §7.2.6).</summary>
internal static class ElementaryStream
{
    private const byte StreamTag = 3;
    private const byte DecoderTag = 4;
    private const byte DecoderSpecificTag = 5;

    /// <returns>The AudioSpecificConfig; <c>null</c> when it is not MPEG-4 AAC.</returns>
    public static byte[]? AacConfiguration(ReadOnlySpan<byte> esds)
    {
        var reader = new ByteReader(esds);
        reader.Full();

        if (!reader.TryDescriptor(out var tag, out var stream) || tag != StreamTag)
        {
            return null;
        }

        reader = new ByteReader(stream);
        reader.UInt16();
        var flags = reader.UInt8();
        reader.Take((flags & 0x80) != 0 ? 2 : 0);
        reader.Take((flags & 0x40) != 0 ? reader.UInt8() : 0);
        reader.Take((flags & 0x20) != 0 ? 2 : 0);

        if (!reader.TryDescriptor(out tag, out var decoder) || tag != DecoderTag)
        {
            return null;
        }

        reader = new ByteReader(decoder);

        if (reader.UInt8() != 0x40)
        {
            return null;
        }

        reader.Take(12);
        return reader.TryDescriptor(out tag, out var specific) && tag == DecoderSpecificTag ? specific.ToArray() : null;
    }

    /// <summary>The content of an esds for AAC-LC.</summary>
    public static void Write(BoxWriter writer, ReadOnlySpan<byte> configuration)
    {
        writer.Full("esds", 0, 0);
        Descriptor(writer, StreamTag, 3 + 5 + 13 + 5 + configuration.Length + 5 + 1);
        writer.UInt16(1);
        writer.UInt8(0);
        Descriptor(writer, DecoderTag, 13 + 5 + configuration.Length);
        writer.UInt8(0x40);
        writer.UInt8(0x15);
        writer.Zeros(11);
        Descriptor(writer, DecoderSpecificTag, configuration.Length);
        writer.Bytes(configuration);
        Descriptor(writer, 6, 1);
        writer.UInt8(2);
        writer.End();
    }

    private static void Descriptor(BoxWriter writer, byte tag, int length)
    {
        writer.UInt8(tag);
        writer.UInt8((byte)(0x80 | (length >> 21)));
        writer.UInt8((byte)(0x80 | ((length >> 14) & 0x7F)));
        writer.UInt8((byte)(0x80 | ((length >> 7) & 0x7F)));
        writer.UInt8((byte)(length & 0x7F));
    }
}
