using Latchkey.Platform.Access;

namespace Latchkey.Video.Videos;

/// <summary>What other parts of the program may ask of this module without HTTP.</summary>
public interface IVideoCatalogue
{
    /// <summary>Makes a public video without a source, and an upload token that works for it alone. Both exist, or neither.</summary>
    Task<CreatedVideo> CreateVideoWithUploadTokenAsync(NewCatalogueVideo video, CancellationToken cancellation);

    /// <summary>How far a public video is; <c>null</c> for unknown, deleted and private ones.</summary>
    /// <param name="baseUrl">What its addresses begin with; no slash at the end.</param>
    Task<VideoProgress?> GetStatusAsync(string videoId, string baseUrl, CancellationToken cancellation);
}

/// <param name="BaseUrl">What the addresses in the answer begin with; no slash at the end.</param>
/// <param name="TokenLifetime">Whole seconds; how long the upload token works.</param>
/// <param name="MaxBytes">The most bytes that may be uploaded with the token; <c>null</c> for the module's own limit.</param>
public sealed record NewCatalogueVideo(
    string Title,
    string? Description,
    IReadOnlyList<string> Tags,
    KeyEnvironment Environment,
    string BaseUrl,
    TimeSpan TokenLifetime,
    long? MaxBytes
);

/// <param name="UploadUrl">Where the file is posted, the token included.</param>
public sealed record CreatedVideo(string VideoId, string UploadToken, string UploadUrl, VideoAddresses Addresses);

public sealed record VideoProgress(string VideoId, VideoProgressStage Stage, VideoAddresses Addresses);

public enum VideoProgressStage
{
    /// <summary>The source is not complete yet.</summary>
    Uploading,

    /// <summary>The source is complete; nothing has been made of it yet.</summary>
    Uploaded,

    /// <summary>Qualities are being made, and none plays yet.</summary>
    Processing,

    /// <summary>It plays; better qualities may still be on their way.</summary>
    Playable,

    /// <summary>Its source could not be had, or not be encoded.</summary>
    Failed,
}
