using System.Globalization;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding.Index;

/// <summary>Gathers frame times from ffprobe's packets, a line each: <c>pts,dts,duration,flags</c>.</summary>
internal sealed class PacketScan((int Numerator, int Denominator) timeBase, (int Numerator, int Denominator) nominalRate)
{
    private const int FallbackTimescale = 90000;
    private const int HighestRate = 120;

    private readonly List<long> keyframes = [];
    private readonly List<long> shown = [];
    private bool isIncomplete;
    private long lastDuration;

    /// <summary>The source's own ticks, unless they are finer than any frame rate needs.</summary>
    private readonly int timescale = timeBase.Denominator <= EncodingPlan.MaxTimescale ? timeBase.Denominator : FallbackTimescale;

    public void Add(string line)
    {
        var fields = line.Split(',');

        if (fields.Length < 4 || fields[3].Contains('D', StringComparison.Ordinal))
        {
            return;
        }

        if (Time(fields[0]) is not { } at)
        {
            isIncomplete = true;

            // A keyframe is shown when it is decoded, or soon after.
            if (Time(fields[1]) is not { } decoded)
            {
                return;
            }

            at = decoded;
        }

        if (shown.Count >= SampleTable.MaxSamples)
        {
            throw new MediaException(MediaFailure.TooManyFrames, "The video has more frames than are allowed.");
        }

        shown.Add(at);
        lastDuration = Time(fields[2]) is { } duration and > 0 ? duration : lastDuration;

        if (fields[3].StartsWith('K'))
        {
            keyframes.Add(at);
        }
    }

    public FrameTimes Build()
    {
        if (shown.Count == 0)
        {
            throw new MediaException(MediaFailure.NoDuration, "The video's frames have no times.");
        }

        shown.Sort();
        keyframes.Sort();

        // Frames before the first keyframe cannot be decoded.
        var first = keyframes.Count == 0 ? 0 : Math.Max(0, shown.BinarySearch(keyframes[0]));
        var distinct = shown.Skip(first).Distinct().ToArray();
        var usual = distinct.Length > 1 ? (distinct[^1] - distinct[0]) / (distinct.Length - 1) : timescale / 25;
        var end = distinct[^1] + (lastDuration > 0 ? lastDuration : Math.Max(1, usual));

        return isIncomplete
            ? Regular(distinct[0], end)
            : new FrameTimes(timescale, distinct, keyframes.Count == 0 ? [distinct[0]] : [.. keyframes], end);
    }

    /// <summary>Even times from the first frame to the end: ffmpeg is told to bring the frames to them.</summary>
    private FrameTimes Regular(long start, long end)
    {
        var (numerator, denominator) = nominalRate;

        if (numerator > (long)HighestRate * denominator || numerator > EncodingPlan.MaxTimescale)
        {
            (numerator, denominator) = (25, 1);
        }

        var count = (long)Math.Max(1, Math.Floor((decimal)(end - start) * numerator / denominator / timescale));
        var origin = Rescale(start);

        if (count > SampleTable.MaxSamples)
        {
            throw new MediaException(MediaFailure.TooManyFrames, "The video has more frames than are allowed.");
        }

        var times = new long[count];

        for (var i = 0; i < count; i++)
        {
            times[i] = origin + (i * (long)denominator);
        }

        return new FrameTimes(
            numerator,
            times,
            keyframes.Count == 0 ? [origin] : [.. keyframes.Select(Rescale)],
            origin + (count * denominator)
        )
        {
            RegularRate = string.Create(CultureInfo.InvariantCulture, $"{numerator}/{denominator}"),
        };

        long Rescale(long ticks) => (long)Math.Floor((decimal)ticks * numerator / timescale);
    }

    private long? Time(string field) =>
        long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ticks)
            ? (long)Math.Round((decimal)ticks * timeBase.Numerator * timescale / timeBase.Denominator)
            : null;
}
