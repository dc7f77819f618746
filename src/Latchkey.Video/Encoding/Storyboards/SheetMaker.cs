using System.Globalization;
using Latchkey.Platform.Files;
using Latchkey.Platform.Processes;
using Latchkey.Video.Ffmpeg;

namespace Latchkey.Video.Encoding.Storyboards;

/// <summary>Joins the tiles of a video into sheets and writes the index, which comes last; then the tiles go.</summary>
internal sealed class SheetMaker(FfmpegRunner ffmpeg, IFileStore files)
{
    private const int Quality = 5;
    private const int BufferBytes = 64 << 10;

    /// <exception cref="MediaException">A tile is missing, or ffmpeg failed.</exception>
    public async Task MakeAsync(PlannedVideo video, ScratchFolder scratch, CancellationToken cancellation)
    {
        var (videoId, plan) = (video.VideoId, video.Plan);
        var tiles = Directory.CreateDirectory(scratch.File("tiles")).FullName;
        var sheets = Directory.CreateDirectory(scratch.File("sheets")).FullName;
        var count = await FetchAsync(video, tiles, cancellation);

        await ffmpeg.RunAsync(Arguments(count, tiles, sheets), Nice.Background, cancellation);

        var (columns, rows) = Storyboard.SheetShape(count);

        for (var sheet = 0; sheet * columns * rows < count; sheet++)
        {
            await files.PublishAsync(
                Path.Combine(sheets, Storyboard.SheetName(sheet)),
                VideoFiles.Sheet(videoId, plan.Version, sheet),
                cancellation
            );
        }

        var index = scratch.File("storyboard.vtt");
        await File.WriteAllTextAsync(index, Storyboard.Index(plan), cancellation);
        await files.PublishAsync(index, VideoFiles.StoryboardIndex(videoId, plan.Version), cancellation);
        await files.DeleteTreeAsync(VideoFiles.Tiles(videoId, plan.Version), cancellation);
    }

    private async Task<int> FetchAsync(PlannedVideo video, string folder, CancellationToken cancellation)
    {
        var buffer = new byte[BufferBytes];
        var number = 0;

        foreach (var segment in Storyboard.ShownSegments(video.Plan))
        {
            var key = VideoFiles.Tiles(video.VideoId, video.Plan.Version) + Storyboard.TileName(segment);
            await using var tile =
                await files.OpenAsync(key, cancellation) ?? throw new MediaException(MediaFailure.EncoderFailed, $"{key} is missing.");
            await using var copy = File.Create(Path.Combine(folder, Storyboard.TileName(number++)));

            for (long at = 0; await tile.ReadAsync(at, buffer, cancellation) is var read and > 0; at += read)
            {
                await copy.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }
        }

        return number;
    }

    private static IEnumerable<string> Arguments(int count, string tiles, string sheets)
    {
        var (columns, rows) = Storyboard.SheetShape(count);

        return
        [
            "-f",
            "image2",
            "-start_number",
            "0",
            .. FfmpegArguments.Guard("image2"),
            "-i",
            TileArguments.Pattern(tiles, "%d.jpg"),
            "-vf",
            string.Create(CultureInfo.InvariantCulture, $"tile={columns}x{rows}"),
            "-c:v",
            "mjpeg",
            "-q:v",
            FfmpegArguments.Number(Quality),
            "-f",
            "image2",
            "-start_number",
            "0",
            TileArguments.Pattern(sheets, "%03d.jpg"),
        ];
    }
}
