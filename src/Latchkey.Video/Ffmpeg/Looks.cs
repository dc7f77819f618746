using System.Globalization;
using System.Text;
using Latchkey.Platform.Files;
using Latchkey.Platform.Processes;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Storyboards;

namespace Latchkey.Video.Ffmpeg;

/// <summary>What is to be seen of each look.</summary>
/// <param name="Filter">What picks the frames, from its beginning on.</param>
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

    private async Task<IEnumerable<Look>> TakeTogetherAsync(
        EncodingPlan plan,
        SourceInput source,
        int[] segments,
        LookRequest request,
        ScratchFolder scratch,
        CancellationToken cancellation
    )
    {
        // What was there is from an attempt that failed.
        var folders = Array.ConvertAll(segments, segment => scratch.File(string.Create(CultureInfo.InvariantCulture, $"look-{segment}")));

        foreach (var folder in folders)
        {
            Directory.CreateDirectory(folder);
        }

        await ffmpeg.RunAsync(Arguments(plan, source, segments, request, folders), Nice.Background, cancellation);

        return segments.Zip(folders, (segment, folder) => new Look(segment, FilesOf(folder))).Where(look => look.Files.Count > 0);

        List<string> FilesOf(string folder) =>
            [.. Directory.EnumerateFiles(folder, "*" + request.Pictures[0].Extension).OrderBy(TileArguments.TimeOf)];
    }

    private static IEnumerable<string> Arguments(
        EncodingPlan plan,
        SourceInput source,
        int[] segments,
        LookRequest request,
        string[] folders
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

        return
        [
            .. EncodeArguments.Times(plan),
            // One thread: others would decode frames that nobody looks at.
            .. segments.SelectMany(segment =>
                EncodeArguments.Input(plan, source.Path, EncodeArguments.SeekSeconds(plan, segment), threads: 1)
            ),
            .. graphs,
            .. outputs,
        ];
    }
}
