using System.Globalization;
using System.Text.Json.Nodes;

namespace Latchkey.Generation.Generations;

/// <summary>What a caller asked for, checked, with its defaults filled in; stored with the job, and all that providers are told.</summary>
/// <param name="Values">By the names of <see cref="OrderFields"/>.</param>
/// <param name="References">Pictures and videos that came with it, which lie in the file store.</param>
internal sealed record GenerationOrder(string Model, string Mode, JsonObject Values, IReadOnlyList<StoredReference> References)
{
    private const int SecondsIfUnknown = 5;

    public string Prompt => Text(OrderFields.Prompt) ?? "";

    public int Variants => Number(OrderFields.Variants) is { } variants ? (int)variants : 1;

    /// <summary>Of models that cost by the second.</summary>
    public int BilledSeconds =>
        (Number(OrderFields.MotionSeconds) ?? Number(OrderFields.Duration)) is { } seconds
            ? (int)Math.Max(1, Math.Ceiling(seconds))
            : SecondsIfUnknown;

    public string? Text(string name) => name == OrderFields.Mode ? Mode : Values[name]?.ToString();

    public decimal? Number(string name) =>
        decimal.TryParse(Values[name]?.ToString(), NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Whether the order has all these values.</summary>
    public bool Fits(IReadOnlyDictionary<string, string>? when) =>
        when is null || when.All(condition => Text(condition.Key) == condition.Value);
}

/// <param name="Role">One of <see cref="OrderFields"/>: images, start, end, video, voice.</param>
/// <param name="FileKey">In the file store.</param>
internal sealed record StoredReference(string Role, string FileKey, string ContentType, long Bytes);

/// <summary>The names by which the catalogue's templates ask for values.</summary>
internal static class OrderFields
{
    public const string Mode = "mode";
    public const string Prompt = "prompt";
    public const string NegativePrompt = "negativePrompt";
    public const string AspectRatio = "aspectRatio";
    public const string Quality = "quality";
    public const string Resolution = "resolution";
    public const string Duration = "duration";
    public const string MotionSeconds = "motionSeconds";
    public const string Audio = "audio";
    public const string Variants = "variants";
    public const string OutputFormat = "outputFormat";
    public const string Style = "style";
    public const string CfgScale = "cfgScale";
    public const string MultiPrompt = "multiPrompt";
    public const string ShotType = "shotType";
    public const string CharacterOrientation = "characterOrientation";
    public const string KeepAudio = "keepAudio";
    public const string Images = "images";
    public const string Start = "start";
    public const string End = "end";
    public const string Video = "video";
    public const string Voice = "voice";

    /// <summary>The provider's id of the task that is extended.</summary>
    public const string SourceTask = "sourceTask";

    /// <summary>The fingerprint of the key that it was made with: no other account knows it. Not for templates.</summary>
    public const string SourceKey = "sourceKey";

    public static readonly IReadOnlyList<string> References = [Images, Start, End, Video, Voice];

    public static readonly IReadOnlyList<string> All =
    [
        Mode,
        Prompt,
        NegativePrompt,
        AspectRatio,
        Quality,
        Resolution,
        Duration,
        MotionSeconds,
        Audio,
        Variants,
        OutputFormat,
        Style,
        CfgScale,
        MultiPrompt,
        ShotType,
        CharacterOrientation,
        KeepAudio,
        SourceTask,
        .. References,
    ];
}
