using System.Globalization;
using System.Text;

namespace Latchkey.Video.Encoding.Storyboards;

/// <summary>
/// The small pictures above the seek bar: a tile for each segment, joined into sheets, and a WebVTT index that tells which part of which
/// sheet belongs to which time. While it is made it is a rendition like others, whose segments are tiles.
/// </summary>
internal static class Storyboard
{
    public const string FolderName = "storyboard";

    /// <summary>Tiles in a row of a sheet, and rows of a sheet.</summary>
    private const int SheetSide = 10;

    /// <summary>Of a very long film every second segment is shown, or every third: a seek bar has no more pixels.</summary>
    private const int MostTiles = 2000;

    private const int LongestSide = 160;

    public static string TileName(int segment) => string.Create(CultureInfo.InvariantCulture, $"{segment}.jpg");

    public static string SheetName(int sheet) => string.Create(CultureInfo.InvariantCulture, $"{sheet:000}.jpg");

    /// <summary>In the video's shape, with even sides.</summary>
    public static (int Width, int Height) TileSize(SourceFacts source)
    {
        var scale = (double)LongestSide / Math.Max(source.Width, source.Height);
        return (Even(source.Width * scale), Even(source.Height * scale));
    }

    /// <summary>The segments whose tiles are shown.</summary>
    public static IReadOnlyList<int> ShownSegments(EncodingPlan plan)
    {
        var every = (plan.SegmentCount + MostTiles - 1) / MostTiles;
        return [.. Enumerable.Range(0, plan.SegmentCount).Where(segment => segment % every == 0)];
    }

    /// <summary>How the tiles lie on every sheet.</summary>
    public static (int Columns, int Rows) SheetShape(int tiles)
    {
        var columns = Math.Min(tiles, SheetSide);
        return (columns, Math.Min((tiles + columns - 1) / columns, SheetSide));
    }

    /// <summary>The index. Its addresses are relative to its own: <c>storyboard/v{version}/{sheet}.jpg</c>.</summary>
    public static string Index(EncodingPlan plan)
    {
        var segments = ShownSegments(plan);
        var (columns, rows) = SheetShape(segments.Count);
        var (width, height) = TileSize(plan.Source);
        var text = new StringBuilder("WEBVTT\n");

        for (var i = 0; i < segments.Count; i++)
        {
            var end = i + 1 < segments.Count ? segments[i + 1] : plan.SegmentCount;
            var (sheet, place) = Math.DivRem(i, columns * rows);
            var (row, column) = Math.DivRem(place, columns);

            text.Append(CultureInfo.InvariantCulture, $"\n{Time(plan.Seconds(segments[i]))} --> {Time(plan.Seconds(end))}\n")
                .Append(CultureInfo.InvariantCulture, $"{FolderName}/{Playlists.Folder(plan)}/{SheetName(sheet)}")
                .Append(CultureInfo.InvariantCulture, $"#xywh={column * width},{row * height},{width},{height}\n");
        }

        return text.ToString();
    }

    /// <summary>Passes every address of an index through a function.</summary>
    public static string Decorate(string index, Func<string, string>? decorate) =>
        decorate is null
            ? index
            : string.Join(
                '\n',
                index
                    .Split('\n')
                    .Select(line =>
                        line.IndexOf('#', StringComparison.Ordinal) is > 0 and var at ? decorate(line[..at]) + line[at..] : line
                    )
            );

    private static int Even(double side) => Math.Max(2, (int)Math.Round(side / 2) * 2);

    private static string Time(double seconds)
    {
        var time = TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));
        return string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours:00}:{time:mm\\:ss\\.fff}");
    }
}
