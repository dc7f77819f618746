using System.Globalization;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Storyboards;

namespace Latchkey.Video.Ffmpeg;

/// <summary>Short looks into a video, each beginning at a keyframe, so that none decodes much. One after the other: several decoders at once would multiply the memory.</summary>
internal static class Looks
{
    /// <summary>Segments whose keyframes lie spread over a part of the video; fewer than asked for where keyframes are rare.</summary>
    public static IReadOnlyList<int> Spread(EncodingPlan plan, double from, double to, int count) =>
        [
            .. Enumerable
                // What cannot be sought in is read from the beginning: there one look is enough.
                .Range(0, plan.Source.IsDiscontinuous ? 1 : count)
                .Select(i =>
                    plan.Source.IsDiscontinuous ? 0 : plan.SegmentAt(plan.DurationSeconds * (from + ((to - from) * (i + 0.5) / count)))
                )
                .DistinctBy(segment => plan.SeekPoints[segment]),
        ];

    /// <summary>Where a look at a segment begins, in ticks: at its keyframe, but not before the video.</summary>
    public static long Start(EncodingPlan plan, int segment) => Math.Max(plan.SeekPoints[segment], 0);

    /// <summary>The arguments of a look. Its pictures are named by their times in ticks, as <see cref="TileArguments.TimeOf"/> reads them.</summary>
    /// <param name="filter">What happens to the frames from there on.</param>
    /// <param name="frames">How many are wanted: with the last of them ffmpeg ends, where a filter would decode on to the one after it.</param>
    /// <param name="output">Encoder and its options.</param>
    public static IEnumerable<string> Arguments(
        EncodingPlan plan,
        SourceInput source,
        int segment,
        string filter,
        int frames,
        IEnumerable<string> output,
        string pattern
    )
    {
        var first = plan.Origin + Start(plan, segment) - plan.Tolerance;
        var end = plan.Origin + plan.Boundaries[^1] - plan.Tolerance;

        return
        [
            .. EncodeArguments.Times(plan),
            // One thread: others would decode frames that nobody looks at.
            .. EncodeArguments.Input(plan, source.Path, EncodeArguments.SeekSeconds(plan, segment), threads: 1),
            "-filter_complex",
            string.Create(
                CultureInfo.InvariantCulture,
                $"[0:{plan.Source.VideoStream}]settb=1/{plan.Timescale},trim=start_pts={first}:end_pts={end},setpts=PTS-{plan.Origin},{filter}[look]"
            ),
            "-map",
            "[look]",
            "-frames:v",
            FfmpegArguments.Number(frames),
            .. output,
            .. TileArguments.NamedByTime(plan),
            pattern,
        ];
    }
}
