namespace Latchkey.Generation.Generations;

/// <summary>What a job makes.</summary>
internal enum MediaKind
{
    Image,
    Video,
}

/// <summary>The ways in which a model can be used.</summary>
internal static class GenerationModes
{
    public const string TextToImage = "t2i";
    public const string ImageToImage = "i2i";
    public const string TextToVideo = "t2v";
    public const string ImageToVideo = "i2v";
    public const string StartEnd = "start_end";
    public const string VideoToVideo = "v2v";
    public const string MotionControl = "motion_control";
    public const string Extend = "extend";
    public const string LipSync = "lipsync";
    public const string Animate = "animate";
    public const string VideoEdit = "v2v_edit";

    public static readonly IReadOnlyList<string> All =
    [
        TextToImage,
        ImageToImage,
        TextToVideo,
        ImageToVideo,
        StartEnd,
        VideoToVideo,
        MotionControl,
        Extend,
        LipSync,
        Animate,
        VideoEdit,
    ];

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["text_to_video"] = TextToVideo,
        ["text-to-video"] = TextToVideo,
        ["image_to_video"] = ImageToVideo,
        ["image-to-video"] = ImageToVideo,
        ["reference-to-video"] = ImageToVideo,
        ["start-end"] = StartEnd,
        ["video_to_video"] = VideoToVideo,
        ["video-to-video"] = VideoToVideo,
    };

    public static string Canonical(string mode) => Aliases.GetValueOrDefault(mode, mode);
}
