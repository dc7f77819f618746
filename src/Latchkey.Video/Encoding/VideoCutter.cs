using Latchkey.Platform.Files;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding;

/// <summary>Video: each fragment begins with a forced keyframe, and is a segment.</summary>
internal sealed class VideoCutter(
    VideoRendition rendition,
    EncodingPlan plan,
    RunRequest run,
    ScratchFolder scratch,
    string path,
    SourceReading reading = SourceReading.Usual
) : SegmentCutter(rendition.Name, plan, run, scratch, path)
{
    /// <summary>A first frame that stays longer than so many others is one whose successors could not be decoded.</summary>
    private const double SuspiciousFrames = 2.5;

    private int _fragment;

    /// <summary>What ffmpeg's own shift for decoding ahead adds to every time; known from the first frame, which the run's filter put at zero.</summary>
    private long? _shift;

    protected override CutSegment? TryCut(bool ended)
    {
        if (_fragment >= Source.FragmentStarts.Count)
        {
            return null;
        }

        var from = Source.FragmentStarts[_fragment];
        var to = _fragment + 1 < Source.FragmentStarts.Count ? Source.FragmentStarts[_fragment + 1] : Source.Samples.Count;
        _fragment++;

        var shown = new long[to - from];

        for (var i = from; i < to; i++)
        {
            shown[i - from] = Source.Samples.CompositionTime(i);
        }

        _shift ??= Plan.Boundaries[Run.From] - shown.Min();

        foreach (ref var at in shown.AsSpan())
        {
            at += _shift.Value;
        }

        var number = NumberOf(shown.Min() + Plan.Tolerance);

        if (
            number != Next
            || !Source.Samples.IsSync(from)
            || shown.Max() >= Plan.Boundaries[number + 1] + Plan.Tolerance
            || (Plan.KnowsFrames && shown.Length > Plan.FrameCounts[number])
            || IsLate(shown)
        )
        {
            throw new MediaException(
                MediaFailure.Undecodable,
                $"The {shown.Length} frames of segment {Next} of {rendition.Name} are not those of the index."
            );
        }

        if (!Plan.KnowsFrames)
        {
            // A boundary that no frame falls on: the nearest frame is shown from there.
            shown[0] = Plan.Boundaries[number];
        }

        return new CutSegment(
            number,
            from,
            Plan.Boundaries[number],
            SegmentTiming.Of(
                shown,
                Plan.Boundaries[number],
                Plan.Boundaries[number + 1],
                rendition.CompositionDelay,
                i => Source.Samples.Size(from + i),
                i => Source.Samples.IsSync(from + i)
            )
        );
    }

    protected override byte[] Init(SampleEntry entry)
    {
        if (
            entry.AvcConfiguration is not { } avcc
            || Source.Timescale != Plan.Timescale
            || AvcConfiguration.Read(avcc)?.Codecs != rendition.Codecs
        )
        {
            throw new MediaException(
                MediaFailure.EncoderFailed,
                $"The encoder did not make {rendition.Codecs} in ticks of 1/{Plan.Timescale}."
            );
        }

        return InitSegment.Write(
            InitSegment.VideoEntry(entry),
            Plan.Timescale,
            rendition.Width,
            rendition.Height,
            rendition.CompositionDelay
        );
    }

    /// <summary>Whether decoding began too late for the run's first frames: the filter put at its start what came first.</summary>
    private bool IsLate(long[] shown)
    {
        if (Plan.KnowsFrames || reading != SourceReading.Usual || Next != Run.From)
        {
            return false;
        }

        var second = shown.Length > 1 ? shown.Skip(1).Min() : Plan.Boundaries[Next + 1];
        return second - Plan.Boundaries[Next] > SuspiciousFrames * Plan.Timescale / rendition.FrameRate;
    }

    private int NumberOf(long ticks)
    {
        var number = Next;

        while (number + 1 < Run.To && Plan.Boundaries[number + 1] <= ticks)
        {
            number++;
        }

        return number;
    }
}
