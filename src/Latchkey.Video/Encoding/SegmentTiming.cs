using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding;

/// <summary>The samples of a video segment with times such that it begins at its boundary and ends at the next.</summary>
internal static class SegmentTiming
{
    /// <param name="shown">When each sample is shown, in decoding order, on the plan's timeline.</param>
    /// <param name="delay">See <see cref="VideoRendition.CompositionDelay"/>.</param>
    public static List<FragmentSample> Of(long[] shown, long start, long end, long delay, Func<int, int> size, Func<int, bool> isSync)
    {
        var decoded = DecodeOrder.Times(shown, delay);
        decoded[0] = start;
        var samples = new List<FragmentSample>(shown.Length);

        for (var i = 0; i < shown.Length; i++)
        {
            var next = i + 1 < shown.Length ? decoded[i + 1] : Math.Max(end, decoded[i] + 1);
            samples.Add(new FragmentSample(size(i), (uint)(next - decoded[i]), (int)(shown[i] + delay - decoded[i]), isSync(i)));
        }

        return samples;
    }
}
