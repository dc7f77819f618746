using Latchkey.Video.Encoding;

namespace Latchkey.Video.Mp4;

/// <summary>trak: what a track is, how it is shown, and its samples.</summary>
internal static class TrackBox
{
    private const int MaxEdits = 16;

    /// <returns><c>null</c> for a track without media.</returns>
    public static TrackBuilder? Read(ReadOnlySpan<byte> trak, uint movieTimescale, long fileLength)
    {
        uint id = 0;
        var enabled = true;
        Orientation orientation = new(0, IsPlain: true);
        ReadOnlySpan<byte> edits = default;
        ReadOnlySpan<byte> media = default;
        string? title = null;
        var children = new ByteReader(trak);

        while (children.TryBox(out var type, out var body))
        {
            if (type == "tkhd")
            {
                (id, enabled, orientation) = ReadHeader(body);
            }
            else if (type == "edts")
            {
                edits = Child(body, "elst");
            }
            else if (type == "mdia")
            {
                media = body;
            }
            else if (type == "udta")
            {
                title = ReadTitle(body);
            }
        }

        if (media.IsEmpty)
        {
            return null;
        }

        var (timescale, language) = ReadMediaHeader(Child(media, "mdhd"));
        var kind = ReadKind(Child(media, "hdlr"));
        var table = Child(Child(media, "minf"), "stbl");
        var description = Child(table, "stsd");

        if (timescale == 0 || description.IsEmpty)
        {
            return null;
        }

        var (entry, several) = SampleEntryBox.Read(description, kind);

        return new TrackBuilder(
            new Mp4Track
            {
                Id = id,
                Kind = kind,
                Timescale = timescale,
                Entry = entry,
                HasSeveralEntries = several,
                IsEnabled = enabled,
                Language = language,
                Title = title,
                Orientation = orientation,
                Edits = ReadEdits(edits, timescale, movieTimescale),
                // Only what is shown or heard is worth the memory.
                Samples = kind == Mp4TrackKind.Other ? new SampleTable() : SampleTableBox.Read(table, fileLength),
            }
        );
    }

    private static (uint Id, bool Enabled, Orientation Orientation) ReadHeader(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var (version, flags) = reader.Full();
        reader.Take(version == 1 ? 16 : 8);
        var id = reader.UInt32();
        reader.Take(version == 1 ? 12 : 8);
        reader.Take(16);

        Span<int> matrix = stackalloc int[9];

        foreach (ref var value in matrix)
        {
            value = reader.Int32();
        }

        const int one = 1 << 16;
        Orientation orientation = (matrix[0], matrix[1], matrix[3], matrix[4]) switch
        {
            (one, 0, 0, one) => new(0, true),
            (0, one, -one, 0) => new(90, true),
            (-one, 0, 0, -one) => new(180, true),
            (0, -one, one, 0) => new(270, true),
            // All zeros is what careless writers leave; players show such a track as it is.
            (0, 0, 0, 0) => new(0, true),
            _ => new(0, false),
        };

        return (id, (flags & 1) != 0, orientation);
    }

    private static (uint Timescale, string? Language) ReadMediaHeader(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return default;
        }

        var reader = new ByteReader(body);
        var isLong = reader.Full().Version == 1;
        reader.Take(isLong ? 16 : 8);
        var timescale = reader.UInt32();
        var bytes = isLong ? 8 : 4;
        reader.Take(Math.Min(bytes, reader.Remaining));

        return (timescale <= int.MaxValue ? timescale : 0, reader.Remaining >= 2 ? Language(reader.UInt16()) : null);
    }

    /// <summary>Three letters of five bits. QuickTime's own numbers of languages are below all of them.</summary>
    private static string? Language(ushort packed)
    {
        Span<char> letters = [(char)(0x60 + ((packed >> 10) & 31)), (char)(0x60 + ((packed >> 5) & 31)), (char)(0x60 + (packed & 31))];
        return letters.ContainsAnyExceptInRange('a', 'z') || letters is "und" ? null : letters.ToString();
    }

    private static string? ReadTitle(ReadOnlySpan<byte> userData)
    {
        // QuickTime ends it with four zero bytes, which are no box.
        var title = System.Text.Encoding.UTF8.GetString(Child(userData, "name")).Trim('\0', ' ');
        return title.Length > 0 ? title : null;
    }

    private static Mp4TrackKind ReadKind(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return Mp4TrackKind.Other;
        }

        var reader = new ByteReader(body);
        reader.Take(8);
        FourCc handler = new(reader.UInt32());
        return handler == "vide" ? Mp4TrackKind.Video
            : handler == "soun" ? Mp4TrackKind.Audio
            : Mp4TrackKind.Other;
    }

    private static EditList ReadEdits(ReadOnlySpan<byte> body, uint timescale, uint movieTimescale)
    {
        if (body.IsEmpty)
        {
            return default;
        }

        var reader = new ByteReader(body);
        var version = reader.Full().Version;
        var count = reader.Count(reader.UInt32(), version == 1 ? 20 : 12);
        long delay = 0;
        long mediaTime = 0;
        long? duration = null;
        var shown = 0;

        for (var i = 0; i < Math.Min(count, MaxEdits); i++)
        {
            var length = version == 1 ? reader.Int63() : reader.UInt32();
            var start = version == 1 ? unchecked((long)reader.UInt64()) : reader.Int32();
            var rate = reader.UInt32();

            if (start == -1)
            {
                if (shown > 0 || i > 0)
                {
                    return new EditList(0, 0, null, IsComplex: true);
                }

                delay = Scale(length, timescale, movieTimescale);
                continue;
            }

            if (++shown > 1 || start < 0 || start > long.MaxValue / 4 || rate != 0x10000)
            {
                return new EditList(0, 0, null, IsComplex: true);
            }

            mediaTime = start;
            // A length of zero means "to the end" in fragmented files.
            duration = length == 0 ? null : Scale(length, timescale, movieTimescale);
        }

        return new EditList(delay, mediaTime, duration, IsComplex: count > MaxEdits);
    }

    private static long Scale(long value, uint timescale, uint movieTimescale) =>
        movieTimescale != 0 && Int128.CreateChecked(value) * timescale / movieTimescale is var scaled && scaled < long.MaxValue / 4
            ? (long)((((Int128)value * timescale) + (movieTimescale / 2)) / movieTimescale)
            : throw new MediaException(MediaFailure.Malformed, "An edit is impossibly long.");

    private static ReadOnlySpan<byte> Child(ReadOnlySpan<byte> parent, FourCc wanted)
    {
        var children = new ByteReader(parent);

        while (children.TryBox(out var type, out var body))
        {
            if (type == wanted)
            {
                return body;
            }
        }

        return default;
    }
}
