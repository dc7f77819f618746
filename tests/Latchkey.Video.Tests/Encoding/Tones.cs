namespace Latchkey.Video.Tests.Encoding;

/// <summary>Which of the tones that the test sources are made of is heard.</summary>
internal static class Tones
{
    private static readonly double[] All = [440, 880, 1760];

    public static double Loudest(float[] samples, int rate) => All.MaxBy(tone => Strength(samples, rate, tone));

    private static double Strength(float[] samples, int rate, double tone)
    {
        var angle = 2 * Math.PI * tone / rate;
        var (real, imaginary) = (0.0, 0.0);

        for (var i = 0; i < samples.Length; i++)
        {
            real += samples[i] * Math.Cos(angle * i);
            imaginary += samples[i] * Math.Sin(angle * i);
        }

        return (real * real) + (imaginary * imaginary);
    }
}
