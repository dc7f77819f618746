using Latchkey.Video.Encoding.Index;

namespace Latchkey.Video.Encoding;

/// <summary>Makes the plan: grid, renditions, audio. A pure function: the same source and options give the same plan.</summary>
internal static class PlanMaker
{
    /// <summary>A rate-controlled stream may run ahead of its cap by one buffer of a second; over a segment that is a quarter.</summary>
    private const double PeakOverCap = 1.25;
    private const double AverageOverCap = 0.75;

    /// <summary>Frames that the encoder decodes ahead of showing: two, with three B-frames in a pyramid.</summary>
    private const int ReorderedFrames = 2;

    /// <exception cref="MediaException">The clip lies outside of the source.</exception>
    public static EncodingPlan Make(SourceIndex index, PlanOptions options)
    {
        var video = index.Video;
        var frames = Clip(video.Frames, options);
        var origin = frames.Shown[0];
        var isClip = frames.Shown.Length != video.Frames.Shown.Length;
        var copy = options.AllowCopy && !isClip && video.Rotation == 0 ? video.Copy : null;
        var onKeyframes = copy is null ? null : Grid.OnKeyframes(copy.Cuts, frames.End, frames.Timescale);
        copy = onKeyframes is null ? null : copy;

        var starts = onKeyframes is not null
            ? [.. onKeyframes.Select(cut => Array.BinarySearch(frames.Shown, copy!.Cuts[cut]))]
            : Grid.OnFrames(frames.Shown, frames.End, frames.Timescale);
        long[] boundaries = [.. starts.Select(start => frames.Shown[start] - origin), frames.End - origin];
        long[] counts = [.. starts.Select((start, i) => (i + 1 < starts.Count ? starts[i + 1] : frames.Shown.Length) - (long)start)];
        var facts = Facts(index, options);

        return new EncodingPlan
        {
            Version = options.Version,
            Timescale = frames.Timescale,
            Boundaries = boundaries,
            FrameCounts = counts,
            SeekPoints = [.. starts.Select(start => KeyframeBefore(frames, frames.Shown[start]) - origin)],
            Origin = origin,
            Tolerance = Tolerance(frames, starts),
            Video = Renditions(index, frames, facts, copy, onKeyframes),
            Audio = index.Audio is { } audio ? AudioPlan.Make(audio, boundaries, frames.Timescale, origin) : null,
            Source = facts,
        };
    }

    private static FrameTimes Clip(FrameTimes frames, PlanOptions options)
    {
        if (options is { ClipStart: <= 0, ClipEnd: null })
        {
            return frames;
        }

        // A clip is asked for on the timeline that a player of the source shows, whose zero is its first frame.
        var from = frames.Shown[0] + (long)Math.Round(Math.Max(0, options.ClipStart) * frames.Timescale);
        var to = options.ClipEnd is { } end ? (long)Math.Min(frames.End, frames.Shown[0] + Math.Round(end * frames.Timescale)) : frames.End;
        var shown = frames.Shown.Where(at => at >= from && at < to).ToArray();

        return shown.Length == 0
            ? throw new MediaException(MediaFailure.ClipOutOfRange, "No frame of the source lies within the clip.")
            : frames with
            {
                Shown = shown,
                End = to,
            };
    }

    private static long KeyframeBefore(FrameTimes frames, long at)
    {
        var found = Array.BinarySearch(frames.Keyframes, at);
        var before = found >= 0 ? found : ~found - 1;
        return before >= 0 ? frames.Keyframes[before] : Math.Min(at, frames.Keyframes[0]);
    }

    private static long Tolerance(FrameTimes frames, IReadOnlyList<int> starts) =>
        starts
            .Where(start => start > 0)
            .Select(start => (frames.Shown[start] - frames.Shown[start - 1]) / 2)
            .Append(frames.Timescale / 100)
            .Min();

    private static SourceFacts Facts(SourceIndex index, PlanOptions options)
    {
        var video = index.Video;
        var seconds = (double)(video.Frames.End - video.Frames.Shown[0]) / video.Frames.Timescale;

        // Square pixels: the picture is stretched, never shrunk. Nobody sees a fiftieth.
        var (horizontal, vertical) =
            Math.Abs(((double)video.PixelAspect.Horizontal / video.PixelAspect.Vertical) - 1) < 0.02 ? (1u, 1u) : video.PixelAspect;
        var width = horizontal > vertical ? (int)Math.Round((double)video.Width * horizontal / vertical) : video.Width;
        var height = vertical > horizontal ? (int)Math.Round((double)video.Height * vertical / horizontal) : video.Height;
        var turned = video.Rotation is 90 or 270;

        return new SourceFacts
        {
            Container = index.Container,
            DurationSeconds = seconds,
            Width = turned ? height : width,
            Height = turned ? width : height,
            Rotation = video.Rotation,
            VideoCodec = video.Codec,
            AudioCodec = index.Audio?.Codec,
            FrameRate = Math.Round(video.Frames.FramesPerSecond, 3),
            SampleRate = index.Audio?.SampleRate,
            Bitrate = Math.Round(index.Length * 8 / seconds / 1000, 3),
            VideoStream = video.Stream,
            AudioStream = index.Audio?.Stream,
            Interlaced = video.Interlaced,
            HdrTransfer = video.HdrTransfer,
            RegularRate = video.Frames.RegularRate,
            IsDiscontinuous = video.Frames.IsDiscontinuous,
            ClipStart = options.ClipStart,
            ClipEnd = options.ClipEnd,
        };
    }

    private static List<VideoRendition> Renditions(
        SourceIndex index,
        FrameTimes frames,
        SourceFacts facts,
        VideoCopy? copy,
        IReadOnlyList<int>? groups
    )
    {
        var top = Ladder.StepOf(facts.Width, facts.Height);
        var seconds = (double)(index.Video.Frames.End - index.Video.Frames.Shown[0]) / frames.Timescale;
        var sourceRate = (index.Video.Bytes > 0 ? index.Video.Bytes : index.Length) * 8 / seconds;
        var frameRate = frames.FramesPerSecond / FrameReduction.Of(facts.FrameRate);
        var renditions = new List<VideoRendition>();

        foreach (var step in Ladder.Steps.TakeWhile(step => step.Side <= top.Side))
        {
            if (step == top && copy is not null)
            {
                renditions.Add(Copied(step, facts, frames, copy, groups!));
                continue;
            }

            var (width, height) = Ladder.SizeAt(step, facts.Width, facts.Height);
            var maxRate = Ladder.MaxRateOf(step, frameRate, sourceRate);
            var level = Ladder.LevelOf(width, height, frameRate, maxRate);

            renditions.Add(
                new VideoRendition(
                    step.Name,
                    RenditionMethod.Encoded,
                    width,
                    height,
                    Math.Round(frameRate, 3),
                    (int)(maxRate * PeakOverCap),
                    (int)(maxRate * AverageOverCap),
                    Ladder.CodecsOf(step.Profile, level),
                    (long)Math.Ceiling(ReorderedFrames * frames.Timescale / frameRate)
                )
                {
                    MaxRate = maxRate,
                    Profile = step.Profile,
                    Level = level,
                }
            );
        }

        return renditions;
    }

    private static VideoRendition Copied(LadderStep step, SourceFacts facts, FrameTimes frames, VideoCopy copy, IReadOnlyList<int> groups)
    {
        double peak = 0;
        long total = 0;

        for (var group = 0; group < groups.Count; group++)
        {
            var (from, to) = (groups[group], group + 1 < groups.Count ? groups[group + 1] : copy.Cuts.Length);
            var bytes = copy.CutBytes.AsSpan(from, to - from).ToArray().Sum();
            var end = to < copy.Cuts.Length ? copy.Cuts[to] : frames.End;
            total += bytes;
            peak = Math.Max(peak, bytes * 8.0 * frames.Timescale / (end - copy.Cuts[from]));
        }

        return new VideoRendition(
            step.Name,
            RenditionMethod.Copied,
            facts.Width,
            facts.Height,
            Math.Round(frames.FramesPerSecond, 3),
            ToInt(peak),
            ToInt(total * 8.0 * frames.Timescale / (frames.End - copy.Cuts[0])),
            copy.Codecs,
            copy.Delay
        );
    }

    private static int ToInt(double bits) => (int)Math.Clamp(Math.Ceiling(bits), 1, int.MaxValue);
}
