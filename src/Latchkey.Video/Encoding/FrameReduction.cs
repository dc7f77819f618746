using System.Globalization;
using System.Text;

namespace Latchkey.Video.Encoding;

/// <summary>
/// Which frames are encoded: of fast sources every second or third, so that no more than 60 are shown a second, evenly; of any source one for
/// each time.
/// </summary>
internal static class FrameReduction
{
    /// <summary>A little more than 60, for rates that are not told exactly.</summary>
    private const double HighestRate = 60.5;

    /// <returns>2 for every second frame; 1 for all.</returns>
    public static int Of(double? frameRate) => frameRate is { } rate ? Math.Max(1, (int)Math.Ceiling(rate / HighestRate)) : 1;

    /// <summary>
    /// The first frame of every segment, and from there each that is far enough from the last one shown: the same frames whichever run
    /// makes the segment. Times are the run's own, in the plan's ticks.
    /// </summary>
    public static string Filter(EncodingPlan plan, int from, int to)
    {
        var every = Of(plan.Source.FrameRate);
        var least = every == 1 ? 1 : Math.Max(1, (long)((every - 0.5) / plan.Source.FrameRate!.Value * plan.Timescale));
        var filter = new StringBuilder(",select='isnan(prev_selected_pts)");
        filter.Append(CultureInfo.InvariantCulture, $"+gte(pts-prev_selected_pts,{least})");

        for (var n = from + 1; every > 1 && n < to; n++)
        {
            var start = plan.Boundaries[n] - plan.Boundaries[from] - plan.Tolerance;
            filter.Append(CultureInfo.InvariantCulture, $"+gte(pts,{start})*lt(prev_selected_pts,{start})");
        }

        return filter.Append('\'').ToString();
    }
}
