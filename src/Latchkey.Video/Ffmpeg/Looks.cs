using System.Globalization;
using System.Text;
using Latchkey.Platform.Files;
using Latchkey.Platform.Processes;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Storyboards;

namespace Latchkey.Video.Ffmpeg;

/// <summary>What is to be seen of each look.</summary>
/// <param name="Filter">What picks the frames, from its beginning on. Where one is wanted that is the first.</param>
/// <param name="Frames">How many are wanted: with the last of them ffmpeg ends, where a filter would decode on to the one after it.</param>
/// <param name="Pictures">What is made of each frame.</param>
internal sealed record LookRequest(string Filter, int Frames, params IReadOnlyList<LookPicture> Pictures);

/// <param name="Filter">What happens to a frame that was picked.</param>
/// <param name="Encoder">And its options.</param>
/// <param name="Extension">Of its file, such as <c>.jpg</c>.</param>
internal sealed record LookPicture(string Filter, IReadOnlyList<string> Encoder, string Extension);

/// <param name="Files">
/// The first of the pictures of each frame, in the order of their times, by which <see cref="TileArguments.TimeOf"/> knows them. The others lie
/// beside it with their extensions.
/// </param>
internal sealed record Look(int Segment, IReadOnlyList<string> Files);

/// <summary>Short looks into a video, each beginning at a keyframe, so that none decodes much.</summary>
internal sealed class Looks(FfmpegRunner ffmpeg)
{
    /// <summary>To start ffmpeg costs as much as a look; decoders that are open at once multiply the memory.</summary>
    private const int PixelsTogether = 4 * 1920 * 1080;

    /// <summary>Seconds that are read on for the keyframes in them sooner than the file is opened for each.</summary>
    private const double CloseBy = 30;

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

    /// <returns>In the order of the segments; those in which nothing was to be seen are left out.</returns>
    /// <exception cref="MediaException">No frame could be decoded in any.</exception>
    public async Task<IReadOnlyList<Look>> TakeAsync(
        EncodingPlan plan,
        SourceInput source,
        IReadOnlyList<int> segments,
        LookRequest request,
        ScratchFolder scratch,
        CancellationToken cancellation
    )
    {
        if (
            request.Frames == 1
            && AreClose(plan, segments)
            && await TakeInPassingAsync(plan, source, segments, request, scratch, cancellation) is { } all
        )
        {
            return all;
        }

        var together = Math.Max(1, PixelsTogether / Math.Max(1, plan.Source.Width * plan.Source.Height));
        var looks = new List<Look>();
        MediaException? failure = null;

        foreach (var group in segments.Chunk(together))
        {
            if (!await TryAsync(group) && group.Length > 1)
            {
                // One that is damaged must not take the others along.
                foreach (var segment in group)
                {
                    await TryAsync(segment);
                }
            }
        }

        return looks.Count > 0
            ? looks
            : throw failure ?? new MediaException(MediaFailure.Undecodable, "No frame could be decoded for a picture.");

        async Task<bool> TryAsync(params int[] group)
        {
            try
            {
                looks.AddRange(await TakeTogetherAsync(plan, source, group, request, scratch, cancellation));
                return true;
            }
            catch (MediaException exception)
            {
                failure = exception;
                return false;
            }
        }
    }

    /// <summary>Not of interlaced video, where half a keyframe may hang on the other half.</summary>
    private static bool AreClose(EncodingPlan plan, IReadOnlyList<int> segments) =>
        segments.Count > 1 && !plan.Source.Interlaced && Start(plan, segments[^1]) - Start(plan, segments[0]) <= CloseBy * plan.Timescale;

    /// <summary>One pass in which only keyframes are decoded.</summary>
    /// <returns><c>null</c> unless something was to be seen of each segment.</returns>
    private async Task<IReadOnlyList<Look>?> TakeInPassingAsync(
        EncodingPlan plan,
        SourceInput source,
        IReadOnlyList<int> segments,
        LookRequest request,
        ScratchFolder scratch,
        CancellationToken cancellation
    )
    {
        var pass = request with { Filter = FirstOfEach(plan, segments), Frames = segments.Count };

        try
        {
            var looks = await TakeTogetherAsync(plan, source, [segments[0]], pass, scratch, cancellation, onlyKeyframes: true);

            return looks.FirstOrDefault() is { } look && look.Files.Count == segments.Count
                ? [.. segments.Zip(look.Files, (segment, file) => new Look(segment, [file]))]
                : null;
        }
        catch (MediaException)
        {
            return null;
        }
    }

    private static string FirstOfEach(EncodingPlan plan, IReadOnlyList<int> segments)
    {
        var choice = new StringBuilder("select='isnan(prev_t)");

        foreach (var segment in segments.Skip(1))
        {
            var at = FfmpegArguments.Seconds((double)(Start(plan, segment) - plan.Tolerance) / plan.Timescale);
            choice.Append(CultureInfo.InvariantCulture, $"+gte(t,{at})*lt(prev_t,{at})");
        }

        return choice.Append('\'').ToString();
    }

    private async Task<IEnumerable<Look>> TakeTogetherAsync(
        EncodingPlan plan,
        SourceInput source,
        int[] segments,
        LookRequest request,
        ScratchFolder scratch,
        CancellationToken cancellation,
        bool onlyKeyframes = false
    )
    {
        // What was there is from an attempt that failed.
        var kind = onlyKeyframes ? "pass" : "look";
        var folders = Array.ConvertAll(segments, segment => scratch.File(string.Create(CultureInfo.InvariantCulture, $"{kind}-{segment}")));

        foreach (var folder in folders)
        {
            Directory.CreateDirectory(folder);
        }

        await ffmpeg.RunAsync(Arguments(plan, source, segments, request, folders, onlyKeyframes), Nice.Background, cancellation);

        return segments.Zip(folders, (segment, folder) => new Look(segment, FilesOf(folder))).Where(look => look.Files.Count > 0);

        List<string> FilesOf(string folder) =>
            [.. Directory.EnumerateFiles(folder, "*" + request.Pictures[0].Extension).OrderBy(TileArguments.TimeOf)];
    }

    private static IEnumerable<string> Arguments(
        EncodingPlan plan,
        SourceInput source,
        int[] segments,
        LookRequest request,
        string[] folders,
        bool onlyKeyframes
    )
    {
        var end = plan.Origin + plan.Boundaries[^1] - plan.Tolerance;
        var (graphs, outputs) = (new List<string>(), new List<string>());

        for (var i = 0; i < segments.Length; i++)
        {
            var first = plan.Origin + Start(plan, segments[i]) - plan.Tolerance;

            var graph = new StringBuilder();
            graph.Append(
                CultureInfo.InvariantCulture,
                $"[{i}:{plan.Source.VideoStream}]settb=1/{plan.Timescale},trim=start_pts={first}:end_pts={end},setpts=PTS-{plan.Origin},{request.Filter},split={request.Pictures.Count}"
            );

            for (var n = 0; n < request.Pictures.Count; n++)
            {
                graph.Append(CultureInfo.InvariantCulture, $"[frame{i}x{n}]");
            }

            for (var n = 0; n < request.Pictures.Count; n++)
            {
                var (picture, output) = (request.Pictures[n], string.Create(CultureInfo.InvariantCulture, $"[look{i}x{n}]"));
                graph.Append(CultureInfo.InvariantCulture, $";[frame{i}x{n}]{picture.Filter}{output}");
                outputs.AddRange([
                    "-map",
                    output,
                    "-frames:v",
                    FfmpegArguments.Number(request.Frames),
                    .. picture.Encoder,
                    .. TileArguments.NamedByTime(plan),
                    TileArguments.Pattern(folders[i], "%d" + picture.Extension),
                ]);
            }

            graphs.AddRange(["-filter_complex", graph.ToString()]);
        }

        string[] decoded = onlyKeyframes ? ["-skip_frame", "nokey"] : [];

        return
        [
            .. EncodeArguments.Times(plan),
            // One thread: others would decode frames that nobody looks at.
            .. segments.SelectMany<int, string>(segment =>
                [.. decoded, .. EncodeArguments.Input(plan, source.Path, EncodeArguments.SeekSeconds(plan, segment), threads: 1)]
            ),
            .. graphs,
            .. outputs,
        ];
    }
}
