using System.Globalization;
using Latchkey.Platform.Files;
using Latchkey.Platform.Processes;
using Latchkey.Video.Ffmpeg;

namespace Latchkey.Video.Encoding.Storyboards;

/// <summary>Makes tiles where no rendition is encoded, from the keyframes alone: some hundred times cheaper than decoding all.</summary>
internal sealed class KeyframeTiles(FfmpegRunner ffmpeg)
{
    /// <exception cref="MediaException">No keyframe of the run could be decoded.</exception>
    public async Task MakeAsync(
        EncodingPlan plan,
        SourceInput source,
        RunRequest run,
        ScratchFolder scratch,
        Func<MadeSegment, ValueTask> made,
        CancellationToken cancellation
    )
    {
        var folder = Directory.CreateDirectory(scratch.File("keyframes")).FullName;
        await ffmpeg.RunAsync(Arguments(plan, source, run, folder), Nice.Background, cancellation);

        var pictures = Directory
            .EnumerateFiles(folder, "*.jpg")
            .Select(file => (At: plan.SeekPoints[run.From] + TileArguments.TimeOf(file), File: file))
            .OrderBy(picture => picture.At)
            .ToList();

        if (pictures.Count == 0)
        {
            throw new MediaException(MediaFailure.Undecodable, $"No keyframe of the segments {run.From} to {run.To} could be decoded.");
        }

        for (var segment = run.From; segment < run.To; segment++)
        {
            // Where keyframes are rare, some segments have none of their own.
            var nearest = pictures.FindLastIndex(picture => picture.At <= plan.Boundaries[segment] + plan.Tolerance);
            var tile = scratch.File($"tile-{Storyboard.TileName(segment)}");
            File.Copy(pictures[Math.Max(nearest, 0)].File, tile);
            await made(new MadeSegment(Storyboard.FolderName, segment, tile));
        }
    }

    private IEnumerable<string> Arguments(EncodingPlan plan, SourceInput source, RunRequest run, string folder)
    {
        var start = plan.Origin + plan.SeekPoints[run.From];
        var end = plan.Origin + plan.Boundaries[run.To];
        var trim = string.Create(
            CultureInfo.InvariantCulture,
            $"[0:{plan.Source.VideoStream}]settb=1/{plan.Timescale},trim=start_pts={start - plan.Tolerance}:end_pts={end - plan.Tolerance},setpts=PTS-{start},"
        );

        return
        [
            .. EncodeArguments.Times(plan),
            "-skip_frame",
            "nokey",
            .. EncodeArguments.Input(plan, source.Path, EncodeArguments.SeekSeconds(plan, run.From), ffmpeg.Options.Threads),
            "-filter_complex",
            trim + TileArguments.Filter(plan, plan.SeekPoints, run.From, run.To),
            .. TileArguments.Output(plan, folder),
        ];
    }
}
