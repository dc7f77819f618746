using Latchkey.Video.Encoding;

namespace Latchkey.Video.Matroska;

/// <summary>Several frames in one block: the table of their sizes, in one of three ways (RFC 9559 §10.3).</summary>
internal static class Lace
{
    private const int Xiph = 1;
    private const int Fixed = 2;

    /// <param name="bytes">The beginning of the block's data.</param>
    public static List<MatroskaFrame> Read(ReadOnlySpan<byte> bytes, int lacing, long at, long size)
    {
        if (bytes.IsEmpty)
        {
            throw Malformed();
        }

        var count = bytes[0] + 1;
        var reader = new EbmlSpan(bytes[1..]);
        var sizes = new long[count];

        if (lacing == Fixed)
        {
            sizes.AsSpan().Fill((size - 1) / count);
            return Place(sizes, at + 1, size - 1);
        }

        for (var i = 0; i < count - 1; i++)
        {
            sizes[i] =
                lacing == Xiph ? XiphSize(ref reader)
                : i == 0 ? reader.Variable(8, keepMarker: false)
                : sizes[i - 1] + SignedVariable(ref reader);
        }

        var table = bytes.Length - reader.Remaining;
        sizes[^1] = size - table - sizes[..^1].Sum(one => Math.Clamp(one, 0, size));
        return Place(sizes, at + table, size - table);
    }

    private static long XiphSize(ref EbmlSpan reader)
    {
        long size = 0;

        while (true)
        {
            if (reader.Remaining == 0)
            {
                throw Malformed();
            }

            var part = reader.Rest[0];
            reader.Skip(1);
            size += part;

            if (part != 255)
            {
                return size;
            }
        }
    }

    /// <summary>A number around zero: half of the range below.</summary>
    private static long SignedVariable(ref EbmlSpan reader)
    {
        var before = reader.Remaining;
        var value = reader.Variable(8, keepMarker: false);
        var bits = 7 * (before - reader.Remaining);
        return value == long.MaxValue ? throw Malformed() : value - ((1L << (bits - 1)) - 1);
    }

    private static List<MatroskaFrame> Place(long[] sizes, long at, long room)
    {
        var frames = new List<MatroskaFrame>(sizes.Length);

        foreach (var size in sizes)
        {
            if (size < 0 || size > room || size > int.MaxValue)
            {
                throw Malformed();
            }

            frames.Add(new MatroskaFrame(at, (int)size));
            at += size;
            room -= size;
        }

        return frames;
    }

    private static MediaException Malformed() => new(MediaFailure.Malformed, "The frames of a block are larger than it.");
}
