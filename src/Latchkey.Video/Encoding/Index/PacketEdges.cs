using System.Globalization;

namespace Latchkey.Video.Encoding.Index;

/// <summary>
/// A long source without an index, known by its first and its last packets: when it begins and ends, and its nominal rate.
/// Lines are <c>pts,dts,duration,pos,flags</c>.
/// </summary>
internal sealed class PacketEdges((int Numerator, int Denominator) timeBase, (int Numerator, int Denominator) nominalRate)
{
    /// <summary>The way between two moments' bytes differs that much at most from the average, or times are not to be believed.</summary>
    private const double MostUneven = 8;

    private const double LeastSeekSeconds = 2;
    private const double MostSeekSeconds = 12;

    private readonly List<(long At, long Position, bool IsKey)> _head = [];
    private bool _isIncomplete;
    private long? _end;

    public double Seconds(long ticks) => (double)ticks * timeBase.Numerator / timeBase.Denominator;

    public void AddHead(string line)
    {
        if (Read(line) is { } packet)
        {
            _head.Add((packet.At, packet.Position, packet.IsKey));
        }
    }

    public void AddTail(string line)
    {
        if (Read(line) is { } packet)
        {
            _end = Math.Max(_end ?? long.MinValue, packet.At + Math.Max(packet.Duration, UsualTicks()));
        }
    }

    /// <summary>Where nobody can look at the tail yet: the end that the rate of the beginning leads to.</summary>
    /// <param name="packets">How many there must be, so that the whole file will say the same of the beginning.</param>
    /// <param name="arrived">So many bytes of the beginning are there.</param>
    public void GuessEnd(int packets, long arrived, long fileLength)
    {
        if (_head.Count < packets || _head.Exists(packet => packet.Position < 0 || packet.Position >= arrived))
        {
            return;
        }

        var (first, last) = (_head.MinBy(packet => packet.Position), _head.MaxBy(packet => packet.Position));

        if (last.At > first.At && last.Position > first.Position)
        {
            _end = first.At + (long)((double)(last.At - first.At) * (fileLength - first.Position) / (last.Position - first.Position));
        }
    }

    /// <returns><c>null</c> when the whole has to be looked at after all.</returns>
    public FrameTimes? Build(long fileLength)
    {
        var keyframes = _head.Where(packet => packet.IsKey).Select(packet => packet.At).Order().ToList();

        if (_end is not { } end || keyframes.Count == 0 || timeBase.Numerator != 1 || timeBase.Denominator > EncodingPlan.MaxTimescale)
        {
            return null;
        }

        var first = keyframes[0];

        if (end <= first || !IsEven(first, end, fileLength))
        {
            return null;
        }

        if (_isIncomplete)
        {
            return PacketScan.Regular(first, end, keyframes, timeBase.Denominator, nominalRate) with
            {
                SeekMargin = (long)(SeekSeconds(keyframes) * PacketScan.RegularTimescale(nominalRate)),
            };
        }

        return new FrameTimes(timeBase.Denominator, [first], [], end)
        {
            NominalRate = Rate(),
            SeekMargin = (long)(SeekSeconds(keyframes) * timeBase.Denominator),
        };
    }

    /// <summary>Whether bytes and times of the beginning speak of about the length that the end's time says.</summary>
    private bool IsEven(long first, long end, long fileLength)
    {
        var located = _head.Where(packet => packet.Position >= 0).ToList();

        if (located.Count < 2)
        {
            return true;
        }

        var seconds = Seconds(located.Max(packet => packet.At) - located.Min(packet => packet.At));
        var bytes = located.Max(packet => packet.Position) - located.Min(packet => packet.Position);

        if (seconds <= 0 || bytes <= 0)
        {
            return false;
        }

        var expected = fileLength / (bytes / seconds);
        var claimed = Seconds(end - first);
        return claimed < expected * MostUneven && claimed > expected / MostUneven;
    }

    /// <summary>Far enough back to meet a keyframe, as far as the beginning shows how they lie.</summary>
    private double SeekSeconds(List<long> keyframes)
    {
        var longest = keyframes.Count > 1 ? keyframes.Zip(keyframes.Skip(1), (at, next) => next - at).Max() : 0;
        return Math.Clamp(longest > 0 ? Seconds(longest) * 1.2 : MostSeekSeconds, LeastSeekSeconds, MostSeekSeconds);
    }

    private double Rate()
    {
        var nominal = (double)nominalRate.Numerator / nominalRate.Denominator;
        var usual = UsualTicks();
        var seen = usual > 0 ? 1 / Seconds(usual) : 25;

        return Math.Abs(nominal - seen) < seen / 10 ? nominal : Math.Clamp(seen, 1, 120);
    }

    /// <summary>The usual way from a frame to the next: half of them are shorter.</summary>
    private long UsualTicks()
    {
        var shown = _head.Select(packet => packet.At).Distinct().Order().ToList();
        var ways = shown.Zip(shown.Skip(1), (at, next) => next - at).Order().ToList();
        return ways.Count > 0 ? ways[ways.Count / 2] : 0;
    }

    private (long At, long Duration, long Position, bool IsKey)? Read(string line)
    {
        var fields = line.Split(',');

        if (fields.Length < 5 || fields[4].Contains('D', StringComparison.Ordinal))
        {
            return null;
        }

        _isIncomplete |= Number(fields[0]) is null;

        return (Number(fields[0]) ?? Number(fields[1])) is { } at
            ? (at, Number(fields[2]) ?? 0, Number(fields[3]) ?? -1, fields[4].StartsWith('K'))
            : null;
    }

    private static long? Number(string field) =>
        long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && Math.Abs(number) < long.MaxValue / 1024
            ? number
            : null;
}
