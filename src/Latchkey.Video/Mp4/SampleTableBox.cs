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
        private readonly int _bits;
        private readonly int _uniform;
        private ByteReader _reader;
        private int _low = -1;

        public SizeCursor(ReadOnlySpan<byte> body, bool compact, long fileLength)
        {
            _reader = new ByteReader(body);
            _reader.Full();
            var first = _reader.UInt32();
            var claimed = _reader.UInt32();
            _bits = compact ? (int)(first & 0xFF) : 32;

            if (compact && _bits is not (4 or 8 or 16))
            {
                throw new MediaException(MediaFailure.Malformed, "stz2 has an unknown field size.");
            }

            if (!compact && first != 0)
            {
                if (first > int.MaxValue || claimed > SampleTable.MaxSamples || (long)first * claimed > fileLength)
                {
                    throw new MediaException(MediaFailure.Truncated, "The samples are larger than the file.");
                }

                (_uniform, Count) = ((int)first, (int)claimed);
                return;
            }

            Count =
                _bits == 4
                    ? _reader.Count((claimed / 2) + (claimed % 2), 1) is var pairs
                        ? (int)Math.Min(claimed, pairs * 2L)
                        : 0
                    : _reader.Count(claimed, _bits / 8);
        }

        public int Count { get; }

        public int Next()
        {
            if (_uniform > 0)
            {
                return _uniform;
            }

            switch (_bits)
            {
                case 32:
                    return _reader.Int32() is var size and >= 0
                        ? size
                        : throw new MediaException(MediaFailure.Malformed, "A sample is impossibly large.");
                case 16:
                    return _reader.UInt16();
                case 8:
                    return _reader.UInt8();
            }

            if (_low >= 0)
            {
                var kept = _low;
                _low = -1;
                return kept;
            }

            var pair = _reader.UInt8();
            _low = pair & 0xF;
            return pair >> 4;
        }
    }

    /// <summary>stts and ctts: pairs of a count and a value.</summary>
    private ref struct RunCursor
    {
        private ByteReader _reader;
        private uint _left;
        private int _runs;
        private uint _value;

        public RunCursor(ReadOnlySpan<byte> body)
        {
            _reader = new ByteReader(body);

            if (!body.IsEmpty)
            {
                _reader.Full();
                _runs = _reader.Count(_reader.UInt32(), 8);
            }
        }

        public uint? Next()
        {
            while (_left == 0)
            {
                if (_runs-- <= 0)
                {
                    _runs = 0;
                    return null;
                }

                (_left, _value) = (_reader.UInt32(), _reader.UInt32());
            }

            _left--;
            return _value;
        }
    }

    /// <summary>stss: rising numbers of sync samples; no table means that all are.</summary>
    private ref struct SyncCursor
    {
        private readonly bool _all;
        private ByteReader _reader;
        private int _left;
        private long _next = -1;

        public SyncCursor(ReadOnlySpan<byte> body, bool present)
        {
            _all = !present;
            _reader = new ByteReader(body);

            if (present)
            {
                _reader.Full();
                _left = _reader.Count(_reader.UInt32(), 4);
                Advance();
            }
        }

        public bool IsSync(int sample)
        {
            while (_left >= 0 && _next < sample && _next >= 0)
            {
                Advance();
            }

            return _all || _next == sample;
        }

        private void Advance() => _next = _left-- > 0 ? _reader.UInt32() - 1L : -1;
    }

    /// <summary>stsc with stco or co64: where each sample lies.</summary>
    private ref struct ChunkCursor
    {
        private readonly bool _wide;
        private readonly int _chunkCount;
        private ByteReader _offsets;
        private ByteReader _runs;
        private int _chunk;
        private uint _inChunk;
        private uint _nextFirst;
        private uint _nextPerChunk;
        private uint _perChunk;
        private int _runsLeft;
        private long _position;

        public ChunkCursor(ReadOnlySpan<byte> chunks, ReadOnlySpan<byte> offsetTable, bool wideOffsets)
        {
            _wide = wideOffsets;
            _runs = new ByteReader(chunks);
            _runs.Full();
            _runsLeft = _runs.Count(_runs.UInt32(), 12);
            _offsets = new ByteReader(offsetTable);
            _offsets.Full();
            _chunkCount = _offsets.Count(_offsets.UInt32(), _wide ? 8 : 4);
            ReadRun();
        }

        public long Next(int size)
        {
            while (_inChunk == 0)
            {
                if (_chunk == _chunkCount)
                {
                    throw new MediaException(MediaFailure.Malformed, "There are fewer chunks than samples.");
                }

                _chunk++;

                while (_nextFirst == _chunk)
                {
                    _perChunk = _nextPerChunk;
                    ReadRun();
                }

                _position = _wide ? _offsets.Int63() : _offsets.UInt32();
                _inChunk = _perChunk;
            }

            _inChunk--;
            var at = _position;
            _position += size;
            return at >= 0 && _position >= at ? at : throw new MediaException(MediaFailure.Malformed, "A sample's offset is impossible.");
        }

        private void ReadRun()
        {
            if (_runsLeft-- > 0)
            {
                (_nextFirst, _nextPerChunk) = (_runs.UInt32(), _runs.UInt32());
                _runs.UInt32();
            }
            else
            {
                _nextFirst = 0;
            }
        }
    }
}
