using Latchkey.Video.Encoding;

namespace Latchkey.Video.Mp4;

/// <summary>moof: the samples of one fragment, added to their tracks (ISO/IEC 14496-12 §8.8).</summary>
internal static class MovieFragmentBox
{
    private const uint NotSync = 0x10000;

    public static void Read(ReadOnlySpan<byte> box, long at, long fileLength, IReadOnlyList<TrackBuilder> tracks)
    {
        var outer = new ByteReader(box);
        outer.TryBox(out _, out var moof);
        var children = new ByteReader(moof);
        var dataEnd = at;

        while (children.TryBox(out var type, out var body))
        {
            if (type == "traf")
            {
                dataEnd = ReadTrack(body, at, dataEnd, fileLength, tracks);
            }
        }
    }

    /// <returns>Where the track's data ends: where the next track's begins when it does not say.</returns>
    private static long ReadTrack(ReadOnlySpan<byte> traf, long moofAt, long dataEnd, long fileLength, IReadOnlyList<TrackBuilder> tracks)
    {
        TrackBuilder? track = null;
        FragmentDefaults defaults = default;
        var position = dataEnd;
        var origin = dataEnd;
        var children = new ByteReader(traf);

        while (children.TryBox(out var type, out var body))
        {
            if (type == "tfhd")
            {
                var reader = new ByteReader(body);
                var flags = reader.Full().Flags;
                var id = reader.UInt32();
                track = tracks.FirstOrDefault(candidate => candidate.Id == id);
                defaults = track?.Defaults ?? default;
                origin =
                    (flags & 0x1) != 0 ? reader.Int63()
                    : (flags & 0x20000) != 0 ? moofAt
                    : dataEnd;
                reader.Take((flags & 0x2) != 0 ? 4 : 0);
                defaults = new FragmentDefaults(
                    (flags & 0x8) != 0 ? reader.UInt32() : defaults.Duration,
                    (flags & 0x10) != 0 ? reader.UInt32() : defaults.Size,
                    (flags & 0x20) != 0 ? reader.UInt32() : defaults.Flags
                );
                position = origin;
            }
            else if (track is not { Kind: not Mp4TrackKind.Other })
            {
                continue;
            }
            else if (type == "tfdt")
            {
                var reader = new ByteReader(body);
                track.Samples.ContinueAt(reader.Full().Version == 1 ? reader.Int63() : reader.UInt32());
            }
            else if (type == "trun")
            {
                position = ReadRun(body, origin, position, defaults, fileLength, track.Samples);
            }
        }

        return position;
    }

    private static long ReadRun(
        ReadOnlySpan<byte> trun,
        long origin,
        long position,
        FragmentDefaults defaults,
        long fileLength,
        SampleTable samples
    )
    {
        var reader = new ByteReader(trun);
        var flags = reader.Full().Flags;
        var claimed = reader.UInt32();
        position = (flags & 0x1) != 0 ? origin + reader.Int32() : position;
        var firstFlags = (flags & 0x4) != 0 ? reader.UInt32() : (uint?)null;
        var fields =
            ((flags & 0x100) != 0 ? 4 : 0)
            + ((flags & 0x200) != 0 ? 4 : 0)
            + ((flags & 0x400) != 0 ? 4 : 0)
            + ((flags & 0x800) != 0 ? 4 : 0);

        // Without fields a run could claim any number; then its bytes bound it, and the table's own cap.
        var count = fields > 0 ? reader.Count(claimed, fields) : (int)Math.Min(claimed, SampleTable.MaxSamples);

        for (var i = 0; i < count; i++)
        {
            var duration = (flags & 0x100) != 0 ? reader.UInt32() : defaults.Duration;
            var size = (flags & 0x200) != 0 ? reader.UInt32() : defaults.Size;
            var sampleFlags = (flags & 0x400) != 0 ? reader.UInt32() : defaults.Flags;
            var composition = (flags & 0x800) != 0 ? reader.Int32() : 0;

            if (position < 0 || size > int.MaxValue || position > fileLength - size)
            {
                throw new MediaException(MediaFailure.Truncated, "A fragment's sample lies beyond the end of the file.");
            }

            var effective = i == 0 && firstFlags is { } first ? first : sampleFlags;
            samples.Add(position, (int)size, duration, composition, (effective & NotSync) == 0);
            position += size;
        }

        return position;
    }
}
