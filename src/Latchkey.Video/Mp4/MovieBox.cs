using System.Runtime.InteropServices;
using Latchkey.Video.Encoding;

namespace Latchkey.Video.Mp4;

/// <summary>moov: the movie's tracks, and the defaults for its fragments. The nesting is fixed, so that no file can make it deep.</summary>
internal static class MovieBox
{
    private const int MaxTracks = 64;

    public static (uint Timescale, IReadOnlyList<TrackBuilder> Tracks) Read(ReadOnlySpan<byte> box, long fileLength)
    {
        var outer = new ByteReader(box);
        outer.TryBox(out _, out var movie);

        // QuickTime may compress its moov; no recorder of the last two decades does.
        uint timescale = 0;
        var tracks = new List<TrackBuilder>();
        var children = new ByteReader(movie);

        while (children.TryBox(out var type, out var body))
        {
            if (type == "mvhd")
            {
                timescale = ReadHeader(body);
            }
        }

        children = new ByteReader(movie);

        while (children.TryBox(out var type, out var body))
        {
            if (type != "trak")
            {
                continue;
            }

            if (tracks.Count == MaxTracks)
            {
                throw new MediaException(MediaFailure.Malformed, "The movie has too many tracks.");
            }

            if (TrackBox.Read(body, timescale, fileLength) is { } track)
            {
                tracks.Add(track);
            }
        }

        children = new ByteReader(movie);

        while (children.TryBox(out var type, out var body))
        {
            if (type == "mvex")
            {
                ReadFragmentDefaults(body, tracks);
            }
        }

        return (timescale, tracks);
    }

    /// <summary>Whether samples may follow in fragments.</summary>
    public static bool MayHaveFragments(ReadOnlySpan<byte> box)
    {
        var outer = new ByteReader(box);
        outer.TryBox(out _, out var movie);
        var children = new ByteReader(movie);

        while (children.TryBox(out var type, out _))
        {
            if (type == "mvex")
            {
                return true;
            }
        }

        return false;
    }

    private static uint ReadHeader(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        reader.Take(reader.Full().Version == 1 ? 16 : 8);
        return reader.UInt32();
    }

    private static void ReadFragmentDefaults(ReadOnlySpan<byte> body, List<TrackBuilder> tracks)
    {
        var children = new ByteReader(body);

        while (children.TryBox(out var type, out var content))
        {
            if (type != "trex")
            {
                continue;
            }

            var reader = new ByteReader(content);
            reader.Full();
            var id = reader.UInt32();
            reader.UInt32();

            foreach (var track in tracks.Where(track => track.Id == id))
            {
                track.Defaults = new FragmentDefaults(reader.UInt32(), reader.UInt32(), reader.UInt32());
                break;
            }
        }
    }
}

/// <summary>What a fragment's sample has when its own boxes do not say.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FragmentDefaults(uint Duration, uint Size, uint Flags);

/// <summary>A track while its samples are still gathered.</summary>
internal sealed class TrackBuilder(Mp4Track track)
{
    public uint Id => track.Id;

    public Mp4TrackKind Kind => track.Kind;

    public SampleTable Samples => track.Samples;

    public FragmentDefaults Defaults { get; set; }

    public Mp4Track Build() => track;
}
