namespace Latchkey.Generation.Outputs;

/// <summary>A row of <c>generation_outputs</c>: a finished picture or clip in the file store.</summary>
internal sealed class GenerationOutput
{
    private GenerationOutput() { }

    public string JobId { get; private set; } = "";
    public int Index { get; private set; }
    public string FileKey { get; private set; } = "";
    public string ContentType { get; private set; } = "";
    public long Bytes { get; private set; }
    public int? Width { get; private set; }
    public int? Height { get; private set; }
    public double? Seconds { get; private set; }

    /// <summary>A JPEG of at most 640 pixels, when one could be made.</summary>
    public string? PosterKey { get; private set; }

    /// <summary>A few seconds of a clip, small and without sound; or a small WebP of a large picture.</summary>
    public string? PreviewKey { get; private set; }
    public PreviewState PreviewState { get; private set; }

    /// <summary>In the bucket of Supabase, once it was carried over; then it is no longer in the file store.</summary>
    public string? StoragePath { get; private set; }
    public string? PosterPath { get; private set; }
    public string? PreviewPath { get; private set; }

    public bool IsClip => ContentType.StartsWith("video/", StringComparison.Ordinal);

    public static GenerationOutput Create(string jobId, int index, StoredMedia media) =>
        new()
        {
            JobId = jobId,
            Index = index,
            FileKey = media.FileKey,
            ContentType = media.ContentType,
            Bytes = media.Bytes,
            Width = media.Width,
            Height = media.Height,
            Seconds = media.Seconds,
            PosterKey = media.PosterKey,
            PreviewState = media.IsSmallPicture ? PreviewState.Ready : PreviewState.Processing,
        };
}

/// <summary>A file as it was found to be, in the file store.</summary>
internal sealed record StoredMedia(
    string FileKey,
    string ContentType,
    long Bytes,
    int? Width,
    int? Height,
    double? Seconds,
    string? PosterKey
)
{
    /// <summary>Its own preview.</summary>
    public bool IsSmallPicture => Seconds is null && Width <= MediaTools.PreviewPixels && Height <= MediaTools.PreviewPixels;
}

internal enum PreviewState
{
    /// <summary>Still to be made.</summary>
    Processing,

    /// <summary>Made, or not needed.</summary>
    Ready,

    Failed,
}
