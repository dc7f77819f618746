using System.Globalization;
using System.Text;
using Latchkey.Video.Ffmpeg;

namespace Latchkey.Video.Encoding.Storyboards;

/// <summary>The arguments that make tiles: one more branch of a decode, and its output.</summary>
internal static class TileArguments
{
    private const int Quality = 5;

    /// <summary>The part of a filter graph that picks the first frame at or after each time, makes it small, and ends in <c>[tiles]</c>.</summary>
    /// <param name="times">In ticks, by segment; the frames' own times count from the first of the run.</param>
    public static string Filter(EncodingPlan plan, IReadOnlyList<long> times, int from, int to)
    {
        var (width, height) = Storyboard.TileSize(plan.Source);
        var choice = new StringBuilder("isnan(prev_t)");

        for (var segment = from + 1; segment < to; segment++)
        {
            if (times[segment] > times[segment - 1])
            {
                var at = FfmpegArguments.Seconds((double)(times[segment] - times[from] - plan.Tolerance) / plan.Timescale);
                choice.Append(CultureInfo.InvariantCulture, $"+gte(t,{at})*lt(prev_t,{at})");
            }
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"select='{choice}',scale={width}:{height},setsar=1{EncodeArguments.Colours(plan)},format=yuvj420p[tiles]"
        );
    }

    /// <summary>Each picture gets its time as its name, in ticks, and that name only once it is whole.</summary>
    public static IEnumerable<string> Output(EncodingPlan plan, string folder) =>
        ["-map", "[tiles]", "-c:v", "mjpeg", "-q:v", FfmpegArguments.Number(Quality), .. NamedByTime(plan), Pattern(folder, "%d.jpg")];

    /// <summary>Pictures named by their time in ticks of the plan.</summary>
    public static IEnumerable<string> NamedByTime(EncodingPlan plan) =>
        ["-fps_mode", "vfr", "-enc_time_base", $"1:{plan.Timescale}", "-f", "image2", "-frame_pts", "1", "-atomic_writing", "1"];

    /// <summary>A file name of ffmpeg's with a number in it; elsewhere in the path a per cent sign stands for itself.</summary>
    public static string Pattern(string folder, string name) =>
        FfmpegArguments.File(folder.Replace("%", "%%", StringComparison.Ordinal) + "/" + name);

    /// <summary>The time of a picture that was named by it.</summary>
    public static long TimeOf(string path) => long.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture);
}
