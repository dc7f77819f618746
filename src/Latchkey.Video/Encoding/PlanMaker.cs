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
        var isClip = frames.Shown.Length != video.Frames.Shown.Length || !(frames.KnowsEveryFrame || ReferenceEquals(frames, video.Frames));
        var copy = options.AllowCopy && !isClip && video.Rotation == 0 ? video.Copy : null;
        var onKeyframes = copy is null ? null : Grid.OnKeyframes(copy.Cuts, frames.End, frames.Timescale);
        copy = onKeyframes is null ? null : copy;

        var starts =
            onKeyframes is not null ? [.. onKeyframes.Select(cut => copy!.Cuts[cut])]
            : frames.KnowsEveryFrame ? [.. Grid.OnFrames(frames.Shown, frames.End, frames.Timescale).Select(start => frames.Shown[start])]
            : Unseen(frames);
        long[] boundaries = [.. starts.Select(start => start - origin), frames.End - origin];
        var facts = Facts(index, options);
        var audio = AudioPlan.Make(index, boundaries, frames.Timescale, origin);

        return new EncodingPlan
        {
            Version = options.Version,
            Timescale = frames.Timescale,
            Boundaries = boundaries,
            FrameCounts = frames.KnowsEveryFrame ? Counts(frames, starts) : [],
            SeekPoints = [.. starts.Select(start => KeyframeBefore(frames, start) - origin)],
            Origin = origin,
            Tolerance = Tolerance(frames, starts),
            Video = Renditions(index, frames, facts, copy, onKeyframes, options.Ladder),
            Audio = audio.Count > 0 ? audio[0] : null,
            OtherAudio = [.. audio.Skip(1)],
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
        var shown = frames.KnowsEveryFrame
            ? frames.Shown.Where(at => at >= from && at < to).ToArray()
            : new[] { from }.Where(at => at < to).ToArray();

        if (!frames.KnowsEveryFrame && from == frames.Shown[0] && to == frames.End)
        {
            return frames;
        }

        return shown.Length == 0
            ? throw new MediaException(MediaFailure.ClipOutOfRange, "No frame of the source lies within the clip.")
            : frames with
            {
                Shown = shown,
                End = to,
            };
    }

    /// <summary>
    /// On the keyframes where they lie close enough, since there decoding begins at no cost; otherwise evenly. The first segment has to be
    /// short: somebody waits for it to be encoded.
    /// </summary>
    private static long[] Unseen(FrameTimes frames)
    {
        var first = frames.Shown[0];

        if (frames.SeekMargin is null)
        {
            long[] keyframes = [first, .. frames.Keyframes.Where(at => at > first && at < frames.End)];

            if (
                Grid.OnKeyframes(keyframes, frames.End, frames.Timescale, first: 1) is { Count: > 1 } groups
                && keyframes[groups[1]] - first <= 2.5 * frames.Timescale
            )
            {
                return [.. groups.Select(group => keyframes[group])];
            }
        }

        return [.. Grid.OnRate(frames.End - first, frames.Timescale, frames.FramesPerSecond).Select(at => first + at)];
    }

    private static long[] Counts(FrameTimes frames, long[] starts)
    {
        var firsts = starts.Select(start => (long)Array.BinarySearch(frames.Shown, start)).ToArray();
        return [.. firsts.Select((first, i) => (i + 1 < firsts.Length ? firsts[i + 1] : frames.Shown.Length) - first)];
    }

    private static long KeyframeBefore(FrameTimes frames, long at)
    {
        if (frames.SeekMargin is { } margin)
        {
            return at - margin;
        }

        var found = Array.BinarySearch(frames.Keyframes, at);
        var before = found >= 0 ? found : ~found - 1;
        return before >= 0 ? frames.Keyframes[before] : Math.Min(at, frames.Keyframes[0]);
    }

    private static long Tolerance(FrameTimes frames, long[] starts)
    {
        // A segment begins with the frame that is nearest to its boundary.
        if (!frames.KnowsEveryFrame)
        {
            return (long)(frames.Timescale / frames.FramesPerSecond / 2);
        }

        return starts
            .Select(start => Array.BinarySearch(frames.Shown, start))
            .Where(start => start > 0)
            .Select(start => (frames.Shown[start] - frames.Shown[start - 1]) / 2)
            .Append(frames.Timescale / 100)
            .Min();
    }

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
            Interlaced = video.Interlaced,
            HdrTransfer = video.HdrTransfer,
            IsWideGamut = video.IsWideGamut,
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
        IReadOnlyList<int>? groups,
        IReadOnlyList<LadderStep> ladder
    )
    {
        var top = Ladder.StepOf(facts.Width, facts.Height);
        var seconds = (double)(index.Video.Frames.End - index.Video.Frames.Shown[0]) / frames.Timescale;
        var sourceRate = (index.Video.Bytes > 0 ? index.Video.Bytes : index.Length) * 8 / seconds;
        var frameRate = frames.FramesPerSecond / FrameReduction.Of(facts.FrameRate);
        var renditions = new List<VideoRendition>();

        // What is copied costs nothing, and is the source's own quality: the ladder does not take it away.
        var encoded = copy is null ? Ladder.StepsUpTo(top, ladder) : ladder.Where(step => step.Side < top.Side);

        foreach (var step in encoded)
        {
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

        if (copy is not null)
        {
            renditions.Add(Copied(top, facts, frames, copy, groups!));
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
