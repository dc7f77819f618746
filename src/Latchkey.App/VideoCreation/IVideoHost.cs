using Latchkey.Platform.Access;

namespace Latchkey.App.VideoCreation;

/// <summary>
/// The video system as the app's endpoints need it. The program implements it on the embedded Video module; when that module is
/// switched off nothing is registered, and the endpoints say that video is not configured.
/// </summary>
public interface IVideoHost
{
    /// <summary>Makes a public video without a source, and an upload token bound to it. Both exist, or neither.</summary>
    Task<PreparedUpload> PrepareUploadAsync(NewVideo video, CancellationToken cancellation);

    /// <summary>A public video, whoever made it; <c>null</c> for unknown, deleted and private ones.</summary>
    /// <param name="publicUrl">What the addresses begin with; no slash at the end.</param>
    Task<HostedVideo?> FindAsync(string videoId, string publicUrl, CancellationToken cancellation);
}

/// <param name="PublicUrl">What the addresses in the answer begin with; no slash at the end.</param>
/// <param name="TokenLifetime">How long the upload token works.</param>
/// <param name="UploadLimit">The most bytes that may be uploaded with the token; <c>null</c> for the Video module's own limit.</param>
public sealed record NewVideo(
    string Title,
    string? Description,
    IReadOnlyList<string> Tags,
    KeyEnvironment Environment,
    string PublicUrl,
    TimeSpan TokenLifetime,
    long? UploadLimit
);

/// <param name="UploadUrl">Where the file is posted, the token included.</param>
public sealed record PreparedUpload(string VideoId, string UploadToken, string UploadUrl, VideoAddresses Addresses);

public sealed record HostedVideo(string VideoId, VideoStage Stage, VideoAddresses Addresses);

/// <param name="Iframe">HTML that embeds the player.</param>
public sealed record VideoAddresses(string Hls, string? Mp4, string Thumbnail, string Player, string Iframe);

/// <summary>How far a video is, in the app's words.</summary>
public enum VideoStage
{
    /// <summary>The source is not complete yet.</summary>
    Uploading,

    /// <summary>The source is complete; nothing has looked at it yet.</summary>
    Uploaded,

    /// <summary>Being examined or encoded; it does not play yet.</summary>
    Processing,

    /// <summary>It plays, though better qualities may still be on their way.</summary>
    Ready,

    Failed,
}
