using System.Runtime.InteropServices;

namespace Latchkey.Video.Mp4;

/// <summary>A sample as a fragment lists it, in decoding order.</summary>
internal readonly record struct FragmentSample(int Size, uint Duration, int CompositionOffset, bool IsSync);

/// <summary>The boxes before a segment's media (ISO/IEC 23000-19 §7.3.2): styp, moof, and the head of mdat.</summary>
internal static class FragmentWriter
{
    private const uint SyncFlags = 0x02000000;
    private const uint DependentFlags = 0x01010000;

    /// <param name="decodeTime">When the first sample is decoded, in media time.</param>
    public static ReadOnlyMemory<byte> Head(uint sequence, long decodeTime, List<FragmentSample> samples)
    {
        var box = new BoxWriter();

        box.Begin("styp");
        box.Name("msdh");
        box.UInt32(0);
        box.Name("msdh");
        box.Name("cmfs");
        box.End();

        var moof = box.Length;
        box.Begin("moof");
        box.Full("mfhd", 0, 0);
        box.UInt32(sequence);
        box.End();

        box.Begin("traf");
        box.Full("tfhd", 0, 0x020000);
        box.UInt32(InitSegment.TrackId);
        box.End();
        box.Full("tfdt", 1, 0);
        box.Int64(decodeTime);
        box.End();

        box.Full("trun", 1, 0x000F01);
        box.UInt32((uint)samples.Count);
        var dataOffset = box.Length;
        box.UInt32(0);
        long bytes = 0;

        foreach (ref readonly var sample in CollectionsMarshal.AsSpan(samples))
        {
            box.UInt32(sample.Duration);
            box.UInt32((uint)sample.Size);
            box.UInt32(sample.IsSync ? SyncFlags : DependentFlags);
            box.Int32(sample.CompositionOffset);
            bytes += sample.Size;
        }

        box.End();
        box.End();
        box.End();
        box.UInt32At(dataOffset, (uint)(box.Length - moof + 8));

        box.UInt32(checked((uint)(bytes + 8)));
        box.Name("mdat");

        return box.Written;
    }
}
