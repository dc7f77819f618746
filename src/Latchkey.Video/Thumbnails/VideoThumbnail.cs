namespace Latchkey.Video.Thumbnails;

internal enum ThumbnailOrigin
{
    /// <summary>The frame at a moment that the owner picked.</summary>
    Picked,

    /// <summary>A picture that the owner sent.</summary>
    Uploaded,
}

/// <summary>The picture that an owner chose for a video. Without a row, the video's automatic poster is shown.</summary>
internal sealed class VideoThumbnail
{
    private VideoThumbnail() { }

    public string VideoId { get; private init; } = null!;

    public ThumbnailOrigin Origin { get; private set; }

    /// <summary>Of a picked one, on the video's timeline.</summary>
    public double? Seconds { get; private set; }

    /// <summary>The JPEG in the file store; <c>null</c> while a picked frame is not made yet.</summary>
    public string? FileKey { get; private set; }

    public DateTimeOffset ChangedAt { get; private set; }

    public static VideoThumbnail For(string videoId) => new() { VideoId = videoId };

    public void Upload(string fileKey, DateTimeOffset now)
    {
        (Origin, Seconds, FileKey, ChangedAt) = (ThumbnailOrigin.Uploaded, null, fileKey, now);
    }

    public void Pick(double seconds, DateTimeOffset now)
    {
        (Origin, Seconds, FileKey, ChangedAt) = (ThumbnailOrigin.Picked, seconds, null, now);
    }

    public void Made(string fileKey, DateTimeOffset now)
    {
        (FileKey, ChangedAt) = (fileKey, now);
    }
}
