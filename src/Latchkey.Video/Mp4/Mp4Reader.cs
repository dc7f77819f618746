using System.Buffers.Binary;
using Latchkey.Platform.Files;
using Latchkey.Video.Encoding;

namespace Latchkey.Video.Mp4;

/// <summary>
/// Reads the boxes of an MP4 or QuickTime file (ISO/IEC 14496-12), wherever its moov is, and never the media itself.
/// Nothing in the file is believed before it was held against the size of what contains it.
/// </summary>
internal static class Mp4Reader
{
    private const int MaxMovieBytes = 128 << 20;
    private const int MaxFragmentBytes = 16 << 20;
    private const int MaxTopLevelBoxes = 1_000_000;

    private static readonly HashSet<FourCc> FirstBoxes = ["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot", "styp", "moof", "sidx"];

    /// <returns><c>null</c> when the file is of another kind.</returns>
    /// <exception cref="MediaException">It is of this kind, and cannot be read.</exception>
    public static async Task<Mp4File?> ReadAsync(IStoredFileReader file, CancellationToken cancellation)
    {
        var length = file.File.Length;
        var header = new byte[16];
        var fragments = new List<(long Offset, int Size)>();
        var brand = "";
        byte[]? movie = null;
        long offset = 0;

        for (var boxes = 0; length - offset >= 8; boxes++)
        {
            var available = await ReadFullyAsync(file, offset, header.AsMemory(0, (int)Math.Min(16, length - offset)), cancellation);

            if (available < 8)
            {
                break;
            }

            long size = BinaryPrimitives.ReadUInt32BigEndian(header);
            FourCc type = new(BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)));

            if (boxes == 0 && !FirstBoxes.Contains(type))
            {
                return null;
            }

            if (size == 0 && type.Value == 0)
            {
                // Zeros after the end: some uploaders send their last part at full size.
                break;
            }

            if (boxes == MaxTopLevelBoxes)
            {
                throw new MediaException(MediaFailure.Malformed, "The file has too many boxes.");
            }

            if (size == 1)
            {
                if (available < 16 || (size = BinaryPrimitives.ReadInt64BigEndian(header.AsSpan(8))) < 16)
                {
                    throw new MediaException(MediaFailure.Malformed, $"The box {type} has an impossible size.");
                }
            }
            else if (size == 0)
            {
                size = length - offset;
            }
            else if (size < 8)
            {
                throw new MediaException(MediaFailure.Malformed, $"The box {type} has an impossible size.");
            }

            if (size > length - offset)
            {
                if (movie is not null)
                {
                    // Samples beyond the end are found by their offsets; what is not needed may be cut off.
                    break;
                }

                throw new MediaException(MediaFailure.Truncated, $"The box {type} is cut off.");
            }

            if (type == "ftyp" && available >= 12)
            {
                brand = new FourCc(BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8))).ToString();
            }
            else if (type == "moov" && movie is null)
            {
                movie = await ReadBoxAsync(file, offset, size, MaxMovieBytes, cancellation);

                if (!MovieBox.MayHaveFragments(movie))
                {
                    // All samples are in its tables; whether they are in the file is seen by their offsets.
                    break;
                }
            }
            else if (type == "moof")
            {
                fragments.Add((offset, (int)Math.Min(size, MaxFragmentBytes + 1)));
            }

            offset += size;
        }

        if (movie is null)
        {
            throw new MediaException(MediaFailure.Truncated, "There is no moov box.");
        }

        var (timescale, tracks) = MovieBox.Read(movie, length);

        foreach (var (at, size) in fragments)
        {
            var fragment = await ReadBoxAsync(file, at, size, MaxFragmentBytes, cancellation);
            MovieFragmentBox.Read(fragment, at, length, tracks);
        }

        return new Mp4File(length, timescale, [.. tracks.Select(track => track.Build())], fragments.Count > 0, brand);
    }

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    public static async ValueTask<int> ReadFullyAsync(
        IStoredFileReader file,
        long offset,
        Memory<byte> buffer,
        CancellationToken cancellation
    )
    {
        var done = 0;

        while (done < buffer.Length)
        {
            var read = await file.ReadAsync(offset + done, buffer[done..], cancellation);

            if (read == 0)
            {
                break;
            }

            done += read;
        }

        return done;
    }

    private static async Task<byte[]> ReadBoxAsync(IStoredFileReader file, long offset, long size, int most, CancellationToken cancellation)
    {
        if (size > most)
        {
            throw new MediaException(MediaFailure.Malformed, "A box of the index is too large.");
        }

        var bytes = new byte[size];

        return await ReadFullyAsync(file, offset, bytes, cancellation) == size
            ? bytes
            : throw new MediaException(MediaFailure.Truncated, "The file ends within its index.");
    }
}
