using System.Globalization;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding.Index;

/// <summary>Gathers frame times from ffprobe's packets, a line each: <c>pts,dts,duration,flags</c>.</summary>
internal sealed class PacketScan((int Numerator, int Denominator) timeBase, (int Numerator, int Denominator) nominalRate)
{
    private const int FallbackTimescale = 90000;
    private const int HighestRate = 120;

    private readonly List<long> _keyframes = [];
    private readonly List<long> _shown = [];
    private bool _isIncomplete;
    private long _lastDuration;

    /// <summary>The source's own ticks, unless they are finer than any frame rate needs.</summary>
    private readonly int _timescale = timeBase.Denominator <= EncodingPlan.MaxTimescale ? timeBase.Denominator : FallbackTimescale;

    public void Add(string line)
    {
        var fields = line.Split(',');

        if (fields.Length < 4 || fields[3].Contains('D', StringComparison.Ordinal))
        {
            return;
        }

        if (Time(fields[0]) is not { } at)
        {
            _isIncomplete = true;

            // A keyframe is shown when it is decoded, or soon after.
            if (Time(fields[1]) is not { } decoded)
            {
                return;
            }

            at = decoded;
        }

        if (_shown.Count >= SampleTable.MaxSamples)
        {
            throw new MediaException(MediaFailure.TooManyFrames, "The video has more frames than are allowed.");
        }

        _shown.Add(at);
        _lastDuration = Time(fields[2]) is { } duration and > 0 ? duration : _lastDuration;

        if (fields[3].StartsWith('K'))
        {
            _keyframes.Add(at);
        }
    }

    public FrameTimes Build()
    {
        if (_shown.Count == 0)
        {
            throw new MediaException(MediaFailure.NoDuration, "The video's frames have no times.");
        }

        _shown.Sort();
        _keyframes.Sort();

        // Frames before the first keyframe cannot be decoded.
        var first = _keyframes.Count == 0 ? 0 : Math.Max(0, _shown.BinarySearch(_keyframes[0]));
        var distinct = _shown.Skip(first).Distinct().ToArray();
        var usual = distinct.Length > 1 ? (distinct[^1] - distinct[0]) / (distinct.Length - 1) : _timescale / 25;
        var end = distinct[^1] + (_lastDuration > 0 ? _lastDuration : Math.Max(1, usual));

        return _isIncomplete
            ? Regular(distinct[0], end)
            : new FrameTimes(_timescale, distinct, _keyframes.Count == 0 ? [distinct[0]] : [.. _keyframes], end);
    }

    /// <summary>Even times from the first frame to the end: ffmpeg is told to bring the frames to them.</summary>
    private FrameTimes Regular(long start, long end)
    {
        var (numerator, denominator) = nominalRate;

        if (numerator > (long)HighestRate * denominator || numerator > EncodingPlan.MaxTimescale)
        {
            (numerator, denominator) = (25, 1);
        }

        var count = (long)Math.Max(1, Math.Floor((decimal)(end - start) * numerator / denominator / _timescale));
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
            _keyframes.Count == 0 ? [origin] : [.. _keyframes.Select(Rescale)],
            origin + (count * denominator)
        )
        {
            RegularRate = string.Create(CultureInfo.InvariantCulture, $"{numerator}/{denominator}"),
        };

        long Rescale(long ticks) => (long)Math.Floor((decimal)ticks * numerator / _timescale);
    }

    private long? Time(string field) =>
        long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ticks)
            ? (long)Math.Round((decimal)ticks * timeBase.Numerator * _timescale / timeBase.Denominator)
            : null;
}
