using System.Globalization;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding.Index;

/// <summary>Gathers frame times from ffprobe's packets, a line each: <c>pts,dts,duration,flags</c>.</summary>
internal sealed class PacketScan((int Numerator, int Denominator) timeBase)
{
    private const int FallbackTimescale = 90000;

    private readonly List<long> keyframes = [];
    private readonly List<long> shown = [];
    private long lastDuration;

    /// <summary>The source's own ticks, unless they are finer than any frame rate needs.</summary>
    public int Timescale { get; } = timeBase.Denominator <= EncodingPlan.MaxTimescale ? timeBase.Denominator : FallbackTimescale;

    public void Add(string line)
    {
        var fields = line.Split(',');

        if (fields.Length < 4 || fields[3].Contains('D', StringComparison.Ordinal))
        {
            return;
        }

        if ((Time(fields[0]) ?? Time(fields[1])) is not { } at)
        {
            return;
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
        var first = keyframes.Count == 0 ? 0 : shown.BinarySearch(keyframes[0]);
        var distinct = shown.Skip(Math.Max(0, first)).Distinct().ToArray();
        var usual = distinct.Length > 1 ? (distinct[^1] - distinct[0]) / (distinct.Length - 1) : Timescale / 25;

        return new FrameTimes(
            Timescale,
            distinct,
            keyframes.Count == 0 ? [distinct[0]] : [.. keyframes],
            distinct[^1] + (lastDuration > 0 ? lastDuration : Math.Max(1, usual))
        );
    }

    private long? Time(string field) =>
        long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ticks)
            ? (long)Math.Round((decimal)ticks * timeBase.Numerator * Timescale / timeBase.Denominator)
            : null;
}
