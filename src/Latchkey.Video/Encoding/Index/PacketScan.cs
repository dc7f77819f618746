using System.Globalization;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding.Index;

/// <summary>Gathers frame times from ffprobe's packets, a line each: <c>pts,dts,duration,flags</c>.</summary>
/// <param name="mayRestart">Whether times may start anew amid such a file, as in a recording of broadcasts that were joined.</param>
internal sealed class PacketScan(
    (int Numerator, int Denominator) timeBase,
    (int Numerator, int Denominator) nominalRate,
    bool mayRestart = false
)
{
    private const int FallbackTimescale = 90000;
    private const int HighestRate = 60;

    /// <summary>What ffmpeg takes for a restart, by its own defaults.</summary>
    private const int LongestStepSeconds = 10;

    private readonly List<long> _keyframes = [];
    private readonly List<long> _shown = [];
    private readonly List<long> _steps = [];
    private bool _isDiscontinuous;
    private bool _isIncomplete;
    private long _lastDuration;
    private long? _lastDecoded;

    /// <summary>The source's own ticks, unless they are finer than any frame rate needs.</summary>
    private readonly int _timescale = timeBase.Denominator <= EncodingPlan.MaxTimescale ? timeBase.Denominator : FallbackTimescale;

    public void Add(string line)
    {
        var fields = line.Split(',');

        if (fields.Length < 4 || fields[3].Contains('D', StringComparison.Ordinal))
        {
            return;
        }

        Step(Time(fields[1]));

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

        if (_isDiscontinuous)
        {
            return Counted();
        }

        // Frames before the first keyframe cannot be decoded.
        var first = _keyframes.Count == 0 ? 0 : Math.Max(0, _shown.BinarySearch(_keyframes[0]));
        var distinct = _shown.Skip(first).Distinct().ToArray();
        var usual = distinct.Length > 1 ? (distinct[^1] - distinct[0]) / (distinct.Length - 1) : _timescale / 25;
        var end = distinct[^1] + (_lastDuration > 0 ? _lastDuration : Math.Max(1, usual));

        return _isIncomplete
            ? Regular(distinct[0], end, _keyframes, _timescale, nominalRate)
            : new FrameTimes(_timescale, distinct, _keyframes.Count == 0 ? [distinct[0]] : [.. _keyframes], end);
    }

    private void Step(long? decoded)
    {
        if (decoded - _lastDecoded is { } step)
        {
            // Packets come in the order of decoding. Where they do not, nobody can tell which times are right.
            _isIncomplete |= step < 0;
            _isDiscontinuous |= mayRestart && (step < -_timescale / 10 || step > (long)LongestStepSeconds * _timescale);

            if (step > 0 && step < _timescale)
            {
                _steps.Add(step);
            }
        }

        _lastDecoded = decoded ?? _lastDecoded;
    }

    /// <summary>As many frames as there are packets, from zero, whatever their times are.</summary>
    private FrameTimes Counted()
    {
        _steps.Sort();
        var usual = _steps.Count > 0 ? _steps[_steps.Count / 2] : _timescale / 25;
        return Regular(0, usual * _shown.Count, [], _timescale, nominalRate) with { Keyframes = [0], IsDiscontinuous = true };
    }

    /// <summary>Even times from the first frame to the end: ffmpeg is told to bring the frames to them.</summary>
    /// <param name="timescale">Of all times given.</param>
    public static FrameTimes Regular(
        long start,
        long end,
        IReadOnlyList<long> keyframes,
        int timescale,
        (int Numerator, int Denominator) nominalRate
    )
    {
        var (numerator, denominator) = Believable(nominalRate);
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

    /// <summary>The ticks a second of what <see cref="Regular"/> gives.</summary>
    public static int RegularTimescale((int Numerator, int Denominator) nominalRate) => Believable(nominalRate).Numerator;

    private static (int Numerator, int Denominator) Believable((int Numerator, int Denominator) rate)
    {
        var (numerator, denominator) = rate;

        // Twice as fast is still to be believed: every second frame is left out then.
        if (numerator > (long)HighestRate * denominator)
        {
            denominator *= 2;
        }

        return numerator > (long)HighestRate * denominator || numerator > EncodingPlan.MaxTimescale ? (25, 1) : (numerator, denominator);
    }

    private long? Time(string field) =>
        long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ticks)
            ? (long)Math.Round((decimal)ticks * timeBase.Numerator * _timescale / timeBase.Denominator)
            : null;
}
