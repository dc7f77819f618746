namespace Latchkey.Video.Ffmpeg;

/// <summary>How good a small grey picture is as the face of a video: sharp, neither dark nor pale, and not all of one shade.</summary>
internal static class FrameScore
{
    /// <summary>The mean shade from which on a picture is neither dark nor pale.</summary>
    private const double Dark = 16;
    private const double Clear = 60;
    private const double Bright = 195;
    private const double Pale = 240;

    /// <summary>The spread of shades that is contrast enough.</summary>
    private const double FullContrast = 40;

    /// <returns>0 for an empty picture; more is better.</returns>
    public static double Of(ReadOnlySpan<byte> pixels, int width, int height)
    {
        var (mean, spread) = Shades(pixels);
        var exposure = Math.Min(Ramp(mean, Dark, Clear), 1 - Ramp(mean, Bright, Pale));

        return Math.Sqrt(Edges(pixels, width, height)) * Math.Max(exposure, 0.05) * Math.Min(1, spread / FullContrast);
    }

    private static (double Mean, double Spread) Shades(ReadOnlySpan<byte> pixels)
    {
        double sum = 0;
        double squares = 0;

        foreach (var pixel in pixels)
        {
            sum += pixel;
            squares += pixel * pixel;
        }

        var mean = sum / pixels.Length;
        return (mean, Math.Sqrt(Math.Max(0, (squares / pixels.Length) - (mean * mean))));
    }

    /// <summary>The mean square of the Laplacian: what blur takes from a picture first.</summary>
    private static double Edges(ReadOnlySpan<byte> pixels, int width, int height)
    {
        double squares = 0;

        for (var y = 1; y < height - 1; y++)
        {
            for (var x = 1; x < width - 1; x++)
            {
                var at = (y * width) + x;
                var edge = (4 * pixels[at]) - pixels[at - 1] - pixels[at + 1] - pixels[at - width] - pixels[at + width];
                squares += edge * edge;
            }
        }

        return squares / Math.Max(1, (width - 2) * (height - 2));
    }

    private static double Ramp(double value, double from, double to) => Math.Clamp((value - from) / (to - from), 0, 1);
}
