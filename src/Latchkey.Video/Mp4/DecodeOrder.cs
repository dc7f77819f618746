namespace Latchkey.Video.Mp4;

/// <summary>Decode times for a closed group of frames, from nothing but when they are shown.</summary>
/// <remarks>
/// A segment's decode timeline runs from its boundary to the next one, so that segments join without a gap whoever made them: frame i is decoded
/// at the i-th smallest presentation time. What is shown before that is brought back by the composition delay, which the init segment's edit
/// list takes off again.
/// </remarks>
internal static class DecodeOrder
{
    /// <summary>The delay with which no frame is shown before it is decoded.</summary>
    public static long Delay(ReadOnlySpan<long> presentationTimes)
    {
        var sorted = presentationTimes.ToArray();
        Array.Sort(sorted);
        long delay = 0;

        for (var i = 0; i < sorted.Length; i++)
        {
            delay = Math.Max(delay, sorted[i] - presentationTimes[i]);
        }

        return delay;
    }

    /// <summary>
    /// One decode time a frame, rising, none later than the frame's presentation plus the delay, so that composition offsets are not negative
    /// (a variable frame rate would make them so; ffmpeg's reader shifts the whole track then).
    /// </summary>
    public static long[] Times(ReadOnlySpan<long> presentationTimes, long delay)
    {
        var times = presentationTimes.ToArray();
        Array.Sort(times);
        var latest = long.MaxValue;

        for (var i = times.Length - 1; i > 0; i--)
        {
            latest = Math.Min(latest == long.MaxValue ? latest : latest - 1, presentationTimes[i] + delay);
            times[i] = Math.Max(Math.Min(times[i], latest), times[0] + i);
        }

        return times;
    }
}
