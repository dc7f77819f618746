using Latchkey.Video.Encoding;

namespace Latchkey.Video.Mp4;

/// <summary>stbl: from its run-length tables to one row a sample.</summary>
internal static class SampleTableBox
{
    public static SampleTable Read(ReadOnlySpan<byte> body, long fileLength)
    {
        ReadOnlySpan<byte> times = default,
            compositions = default,
            syncs = default,
            sizes = default,
            chunks = default,
            offsets = default;
        var (compactSizes, wideOffsets, hasSyncTable) = (false, false, false);
        var children = new ByteReader(body);

        while (children.TryBox(out var type, out var content))
        {
            switch (type.ToString())
            {
                case "stts":
                    times = content;
                    break;
                case "ctts":
                    compositions = content;
                    break;
                case "stss":
                    syncs = content;
                    hasSyncTable = true;
                    break;
                case "stsz" or "stz2":
                    sizes = content;
                    compactSizes = type == "stz2";
                    break;
                case "stsc":
                    chunks = content;
                    break;
                case "stco" or "co64":
                    offsets = content;
                    wideOffsets = type == "co64";
                    break;
            }
        }

        var samples = new SampleTable();

        if (sizes.IsEmpty)
        {
            return samples;
        }

        var size = new SizeCursor(sizes, compactSizes, fileLength);

        if (size.Count == 0)
        {
            return samples;
        }

        var time = new RunCursor(times);
        var composition = new RunCursor(compositions);
        var sync = new SyncCursor(syncs, hasSyncTable);
        var chunk = new ChunkCursor(chunks, offsets, wideOffsets);
        samples.Reserve(size.Count);

        for (var i = 0; i < size.Count; i++)
        {
            var bytes = size.Next();
            var duration = time.Next() ?? throw new MediaException(MediaFailure.Malformed, "stts has too few samples.");
            var at = chunk.Next(bytes);

            if (at > fileLength - bytes)
            {
                throw new MediaException(MediaFailure.Truncated, "A sample lies beyond the end of the file.");
            }

            // Offsets are signed in practice whatever the version says; unsigned ones never reach the sign bit.
            samples.Add(at, bytes, duration, unchecked((int)(composition.Next() ?? 0)), sync.IsSync(i));
        }

        return samples;
    }

    /// <summary>stsz and stz2.</summary>
    private ref struct SizeCursor
    {
        private readonly int bits;
        private readonly int uniform;
        private ByteReader reader;
        private int low = -1;

        public SizeCursor(ReadOnlySpan<byte> body, bool compact, long fileLength)
        {
            reader = new ByteReader(body);
            reader.Full();
            var first = reader.UInt32();
            var claimed = reader.UInt32();
            bits = compact ? (int)(first & 0xFF) : 32;

            if (compact && bits is not (4 or 8 or 16))
            {
                throw new MediaException(MediaFailure.Malformed, "stz2 has an unknown field size.");
            }

            if (!compact && first != 0)
            {
                if (first > int.MaxValue || claimed > SampleTable.MaxSamples || (long)first * claimed > fileLength)
                {
                    throw new MediaException(MediaFailure.Truncated, "The samples are larger than the file.");
                }

                (uniform, Count) = ((int)first, (int)claimed);
                return;
            }

            Count =
                bits == 4
                    ? reader.Count((claimed / 2) + (claimed % 2), 1) is var pairs
                        ? (int)Math.Min(claimed, pairs * 2L)
                        : 0
                    : reader.Count(claimed, bits / 8);
        }

        public int Count { get; }

        public int Next()
        {
            if (uniform > 0)
            {
                return uniform;
            }

            switch (bits)
            {
                case 32:
                    return reader.Int32() is var size and >= 0
                        ? size
                        : throw new MediaException(MediaFailure.Malformed, "A sample is impossibly large.");
                case 16:
                    return reader.UInt16();
                case 8:
                    return reader.UInt8();
            }

            if (low >= 0)
            {
                var kept = low;
                low = -1;
                return kept;
            }

            var pair = reader.UInt8();
            low = pair & 0xF;
            return pair >> 4;
        }
    }

    /// <summary>stts and ctts: pairs of a count and a value.</summary>
    private ref struct RunCursor
    {
        private ByteReader reader;
        private uint left;
        private int runs;
        private uint value;

        public RunCursor(ReadOnlySpan<byte> body)
        {
            reader = new ByteReader(body);

            if (!body.IsEmpty)
            {
                reader.Full();
                runs = reader.Count(reader.UInt32(), 8);
            }
        }

        public uint? Next()
        {
            while (left == 0)
            {
                if (runs-- <= 0)
                {
                    runs = 0;
                    return null;
                }

                (left, value) = (reader.UInt32(), reader.UInt32());
            }

            left--;
            return value;
        }
    }

    /// <summary>stss: rising numbers of sync samples; no table means that all are.</summary>
    private ref struct SyncCursor
    {
        private readonly bool all;
        private ByteReader reader;
        private int left;
        private long next = -1;

        public SyncCursor(ReadOnlySpan<byte> body, bool present)
        {
            all = !present;
            reader = new ByteReader(body);

            if (present)
            {
                reader.Full();
                left = reader.Count(reader.UInt32(), 4);
                Advance();
            }
        }

        public bool IsSync(int sample)
        {
            while (left >= 0 && next < sample && next >= 0)
            {
                Advance();
            }

            return all || next == sample;
        }

        private void Advance() => next = left-- > 0 ? reader.UInt32() - 1L : -1;
    }

    /// <summary>stsc with stco or co64: where each sample lies.</summary>
    private ref struct ChunkCursor
    {
        private readonly bool wide;
        private readonly int chunkCount;
        private ByteReader offsets;
        private ByteReader runs;
        private int chunk;
        private uint inChunk;
        private uint nextFirst;
        private uint nextPerChunk;
        private uint perChunk;
        private int runsLeft;
        private long position;

        public ChunkCursor(ReadOnlySpan<byte> chunks, ReadOnlySpan<byte> offsetTable, bool wideOffsets)
        {
            wide = wideOffsets;
            runs = new ByteReader(chunks);
            runs.Full();
            runsLeft = runs.Count(runs.UInt32(), 12);
            offsets = new ByteReader(offsetTable);
            offsets.Full();
            chunkCount = offsets.Count(offsets.UInt32(), wide ? 8 : 4);
            ReadRun();
        }

        public long Next(int size)
        {
            while (inChunk == 0)
            {
                if (chunk == chunkCount)
                {
                    throw new MediaException(MediaFailure.Malformed, "There are fewer chunks than samples.");
                }

                chunk++;

                while (nextFirst == chunk)
                {
                    perChunk = nextPerChunk;
                    ReadRun();
                }

                position = wide ? offsets.Int63() : offsets.UInt32();
                inChunk = perChunk;
            }

            inChunk--;
            var at = position;
            position += size;
            return at >= 0 && position >= at ? at : throw new MediaException(MediaFailure.Malformed, "A sample's offset is impossible.");
        }

        private void ReadRun()
        {
            if (runsLeft-- > 0)
            {
                (nextFirst, nextPerChunk) = (runs.UInt32(), runs.UInt32());
                runs.UInt32();
            }
            else
            {
                nextFirst = 0;
            }
        }
    }
}
