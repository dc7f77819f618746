using Latchkey.Video.Encoding;

namespace Latchkey.Video.Mp4;

/// <summary>stsd: the sample entries of video and audio (ISO/IEC 14496-12 §12.1, 12.2; 14496-14 §5.6; 14496-15 §5.4).</summary>
internal static class SampleEntryBox
{
    /// <summary>The first entry, and whether there are more.</summary>
    public static (SampleEntry Entry, bool Several) Read(ReadOnlySpan<byte> description, Mp4TrackKind kind)
    {
        var reader = new ByteReader(description);
        reader.Full();
        var count = reader.UInt32();
        var before = reader;

        if (!reader.TryBox(out var format, out var body))
        {
            throw new MediaException(MediaFailure.Malformed, "A track has no sample entry.");
        }

        var entry = new SampleEntry(format, before.Take(before.Remaining - reader.Remaining).ToArray())
        {
            IsEncrypted = format == "encv" || format == "enca" || format == "drmi" || format == "drms",
        };

        return (
            kind switch
            {
                Mp4TrackKind.Video => ReadVisual(entry, body),
                Mp4TrackKind.Audio => ReadAudio(entry, body),
                _ => entry,
            },
            count > 1
        );
    }

    private static SampleEntry ReadVisual(SampleEntry entry, ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        reader.Take(24);
        entry = entry with { Width = reader.UInt16(), Height = reader.UInt16() };
        reader.Take(50);

        while (reader.TryBox(out var type, out var content))
        {
            if (type == "avcC")
            {
                entry = entry with { AvcConfiguration = content.ToArray() };
            }
            else if (type == "colr" && content.Length >= 11 && new ByteReader(content).UInt32() == ((FourCc)"nclx").Value)
            {
                entry = entry with { Colour = content[..11].ToArray() };
            }
            else if (type == "pasp")
            {
                var aspect = new ByteReader(content);
                var (horizontal, vertical) = (aspect.UInt32(), aspect.UInt32());

                if (horizontal is > 0 and < 65536 && vertical is > 0 and < 65536)
                {
                    entry = entry with { PixelAspect = (horizontal, vertical) };
                }
            }
        }

        return entry;
    }

    private static SampleEntry ReadAudio(SampleEntry entry, ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        reader.Take(8);
        var version = reader.UInt16();
        reader.Take(6);
        entry = entry with { Channels = reader.UInt16() };
        reader.Take(6);
        entry = entry with { SampleRate = (int)(reader.UInt32() >> 16) };

        // QuickTime's longer entries (QuickTime File Format, "Sound sample description").
        reader.Take(
            version switch
            {
                1 => 16,
                2 => 36,
                _ => 0,
            }
        );

        while (reader.TryBox(out var type, out var content))
        {
            if (type == "esds")
            {
                entry = entry with { AudioConfiguration = ElementaryStream.AacConfiguration(content) };
            }
            else if (type == "wave")
            {
                var wave = new ByteReader(content);

                while (wave.TryBox(out var inner, out var innerContent))
                {
                    if (inner == "esds")
                    {
                        entry = entry with { AudioConfiguration = ElementaryStream.AacConfiguration(innerContent) };
                    }
                }
            }
        }

        return entry;
    }
}
