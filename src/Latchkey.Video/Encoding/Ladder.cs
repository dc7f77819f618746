using Latchkey.Platform.Settings;

namespace Latchkey.Video.Encoding;

/// <summary>A step of the ladder.</summary>
/// <param name="Side">The shorter side.</param>
/// <param name="MaxRate">The encoder's cap at up to 35 frames a second.</param>
internal sealed record LadderStep(string Name, int Side, int MaxRate, string Profile);

/// <summary>The qualities a video is offered in, and what H.264 calls them.</summary>
internal static class Ladder
{
    private const double HighFrameRate = 35;

    public static readonly IReadOnlyList<LadderStep> Steps =
    [
        new("240p", 240, 400_000, "main"),
        new("360p", 360, 800_000, "main"),
        new("480p", 480, 1_400_000, "main"),
        new("720p", 720, 2_800_000, "high"),
        new("1080p", 1080, 5_000_000, "high"),
        new("2160p", 2160, 16_000_000, "high"),
    ];

    /// <summary>ITU-T H.264 table A-1: level, macroblocks a second, macroblocks a frame, thousand bits a second for Main.</summary>
    private static readonly (int Level, long Rate, int Frame, long Bits)[] Levels =
    [
        (21, 19_800, 792, 4_000),
        (22, 20_250, 1_620, 4_000),
        (30, 40_500, 1_620, 10_000),
        (31, 108_000, 3_600, 14_000),
        (32, 216_000, 5_120, 20_000),
        (40, 245_760, 8_192, 20_000),
        (42, 522_240, 8_704, 50_000),
        (50, 589_824, 22_080, 135_000),
        (51, 983_040, 36_864, 240_000),
        (52, 2_073_600, 36_864, 240_000),
        (60, 4_177_920, 139_264, 240_000),
        (61, 8_355_840, 139_264, 480_000),
    ];

    /// <summary>The steps of a setting such as <c>360p,720p</c>, lowest first.</summary>
    public static IReadOnlyList<LadderStep> Read(IReadOnlyCollection<string> names) => [.. Steps.Where(step => names.Contains(step.Name))];

    /// <returns>What is wrong with such a setting, or <c>null</c>.</returns>
    public static LocalizedText? Validate(string value)
    {
        var names = value.Split(',', StringSplitOptions.TrimEntries);
        var known = string.Join(", ", Steps.Select(step => step.Name));

        return names.Any(name => Steps.All(step => step.Name != name))
                ? new(
                    $"must be qualities separated by commas, of these: {known}",
                    $"должно быть списком качеств через запятую, из этих: {known}"
                )
            : names.Distinct().Count() < names.Length ? new("names a quality twice", "называет одно качество дважды")
            : null;
    }

    /// <summary>What is encoded of a picture: the allowed steps up to its own, or the lowest, at the picture's own size.</summary>
    public static IReadOnlyList<LadderStep> StepsUpTo(LadderStep top, IReadOnlyList<LadderStep> allowed) =>
        allowed.TakeWhile(step => step.Side <= top.Side).ToList() is { Count: > 0 } steps ? steps : [allowed[0]];

    /// <summary>The step whose name a picture bears: by its shorter side, at least the lowest.</summary>
    public static LadderStep StepOf(int width, int height) => Steps.LastOrDefault(step => step.Side <= Math.Min(width, height)) ?? Steps[0];

    /// <summary>The size of a step's picture: the source's shape, even sides, never larger than the source.</summary>
    public static (int Width, int Height) SizeAt(LadderStep step, int width, int height)
    {
        var shorter = Math.Min(width, height);
        var scale = Math.Min(1.0, (double)step.Side / shorter);

        return (Even(width * scale), Even(height * scale));
    }

    /// <summary>Bits a second: the step's own, more for a high frame rate, never more than the source has.</summary>
    public static int MaxRateOf(LadderStep step, double frameRate, double? sourceRate)
    {
        var rate = frameRate > HighFrameRate ? step.MaxRate * 3 / 2 : step.MaxRate;
        return sourceRate is > 0 ? (int)Math.Clamp(sourceRate.Value, 64_000, rate) : rate;
    }

    /// <summary>The lowest level that allows it, times ten.</summary>
    public static int LevelOf(int width, int height, double frameRate, int maxRate)
    {
        var (across, down) = ((width + 15) / 16, (height + 15) / 16);
        var frame = across * down;

        foreach (var (level, rate, most, bits) in Levels)
        {
            // No side may be longer than sqrt(8 x MaxFS) macroblocks.
            if (frame <= most && frame * frameRate <= rate && maxRate <= bits * 1000 && Math.Max(across, down) <= Math.Sqrt(8.0 * most))
            {
                return level;
            }
        }

        return Levels[^1].Level;
    }

    /// <summary>What the encoder writes into its sequence parameter set for a forced profile and level.</summary>
    public static string CodecsOf(string profile, int level) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"avc1.{(profile == "high" ? "6400" : "4d40")}{level:x2}");

    private static int Even(double side) => Math.Max(2, 2 * (int)Math.Round(side / 2));
}
