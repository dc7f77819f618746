using Latchkey.Video.Encoding.Index;

namespace Latchkey.Video.Encoding;

/// <summary>Where segments begin.</summary>
internal static class Grid
{
    /// <summary>A group of pictures longer than this makes segments that no player should wait for.</summary>
    public const double LongestSeconds = 10;

    private const double ShortestSeconds = 2;
    private const double UsualSeconds = 4;

    /// <summary>A keyframe segment is ended early rather than grow beyond this.</summary>
    private const double FullSeconds = 6;

    /// <summary>The first segments are short, so that the first picture comes soon.</summary>
    private static readonly double[] FirstSeconds = [1, 2, 2];

    /// <summary>The source's own keyframes, grouped.</summary>
    /// <param name="cuts">Rising; the first is where the video begins.</param>
    /// <param name="first">The least length of the first segment, in seconds.</param>
    /// <returns>Indices into the cuts; <c>null</c> when some lie too far apart.</returns>
    public static IReadOnlyList<int>? OnKeyframes(IReadOnlyList<long> cuts, long end, int timescale, double first = ShortestSeconds)
    {
        var starts = new List<int> { 0 };

        for (var i = 0; i < cuts.Count; i++)
        {
            if (At(i + 1) - cuts[i] > LongestSeconds * timescale)
            {
                return null;
            }

            var length = cuts[i] - cuts[starts[^1]];
            var wanted =
                timescale
                * starts.Count switch
                {
                    1 => first,
                    2 => ShortestSeconds,
                    _ => UsualSeconds,
                };
            var grows = At(i + 1) - cuts[starts[^1]] > FullSeconds * timescale;

            if ((length >= wanted || (length >= ShortestSeconds * timescale && grows)) && end - cuts[i] >= timescale / 2)
            {
                starts.Add(i);
            }
        }

        return starts;

        long At(int cut) => cut < cuts.Count ? cuts[cut] : end;
    }

    /// <summary>Even lengths, in whole frames of a rate, for a source of which not every frame is known.</summary>
    /// <returns>Where each segment begins, from zero.</returns>
    public static IReadOnlyList<long> OnRate(long length, int timescale, double rate)
    {
        var starts = new List<long> { 0 };

        for (double due = FirstSeconds[0]; ; due += starts.Count <= FirstSeconds.Length ? FirstSeconds[starts.Count - 1] : UsualSeconds)
        {
            var at = (long)Math.Round(Math.Ceiling(due * rate) * timescale / rate);

            if (length - at < timescale)
            {
                return starts;
            }

            if (at > starts[^1])
            {
                starts.Add(at);
            }
        }
    }

    /// <summary>Even lengths, on frames.</summary>
    /// <returns>The first frame of each segment.</returns>
    public static IReadOnlyList<int> OnFrames(ReadOnlySpan<long> shown, long end, int timescale)
    {
        var starts = new List<int> { 0 };
        double next = 0;

        for (var i = 0; i < shown.Length; i++)
        {
            var due = next + (starts.Count <= FirstSeconds.Length ? FirstSeconds[starts.Count - 1] : UsualSeconds);
            var at = (double)(shown[i] - shown[0]) / timescale;

            // A last segment of less than a second is not worth a request.
            if (at < due || (end - shown[i] < timescale && starts.Count > 1))
            {
                continue;
            }

            if (i > starts[^1])
            {
                starts.Add(i);
            }

            // Frames may lie far apart: then the grid goes on from here.
            next = Math.Max(due, at - 0.5);
        }

        return starts;
    }
}
