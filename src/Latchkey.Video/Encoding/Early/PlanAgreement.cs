namespace Latchkey.Video.Encoding.Early;

/// <summary>Whether a segment made by one plan is the very one that another plan asks for.</summary>
internal static class PlanAgreement
{
    private static readonly IReadOnlyList<long> Any = [];

    /// <summary>On all that concerns a rendition as a whole, so that its init segment is the same.</summary>
    public static bool OnRendition(EncodingPlan one, EncodingPlan other, string rendition) =>
        (one.Timescale, one.Origin, one.Tolerance, one.KnowsFrames) == (other.Timescale, other.Origin, other.Tolerance, other.KnowsFrames)
        && Lasting(one.Source) == Lasting(other.Source)
        && Lasting(one.FindAudio(rendition)) == Lasting(other.FindAudio(rendition))
        && Lasting(FindVideo(one, rendition)) == Lasting(FindVideo(other, rendition));

    public static bool OnSegment(EncodingPlan one, EncodingPlan other, string rendition, int segment) =>
        segment < Math.Min(one.SegmentCount, other.SegmentCount)
        && OnRendition(one, other, rendition)
        && Place(one, rendition, segment) == Place(other, rendition, segment);

    private static VideoRendition? FindVideo(EncodingPlan plan, string rendition) =>
        plan.Video.FirstOrDefault(video => video.Name == rendition);

    /// <summary>How long the file is may not be known before it is whole.</summary>
    private static SourceFacts Lasting(SourceFacts source) => source with { Bitrate = null, DurationSeconds = 0 };

    private static AudioRendition? Lasting(AudioRendition? audio) =>
        audio is null ? null : audio with { FrameBoundaries = Any, Bandwidth = 0 };

    /// <summary>The bandwidth is told to players, and nothing is made by it.</summary>
    private static VideoRendition? Lasting(VideoRendition? video) =>
        video is null ? null : video with { Bandwidth = 0, AverageBandwidth = 0 };

    private static (long, long, long, long, long, long) Place(EncodingPlan plan, string rendition, int segment)
    {
        var sound = plan.FindAudio(rendition)?.FrameBoundaries;

        return (
            plan.Boundaries[segment],
            plan.Boundaries[segment + 1],
            plan.SeekPoints[segment],
            plan.KnowsFrames ? plan.FrameCounts[segment] : 0,
            sound?[segment] ?? 0,
            sound?[segment + 1] ?? 0
        );
    }
}
