namespace Latchkey.Video.Playback;

/// <summary>24 hours in which one viewer, known by address and user agent, watches a private video.</summary>
/// <param name="hash">SHA-256 of the session token (<c>avh</c>), hexadecimal.</param>
/// <param name="viewerHash">SHA-256 of address and user agent, hexadecimal.</param>
internal sealed class PlaybackSession(string hash, string videoId, string viewerHash, DateTimeOffset createdAt, DateTimeOffset expiresAt)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public string Hash { get; private init; } = hash;

    public string VideoId { get; private init; } = videoId;

    public string ViewerHash { get; private init; } = viewerHash;

    public DateTimeOffset CreatedAt { get; private init; } = createdAt;

    public DateTimeOffset ExpiresAt { get; private init; } = expiresAt;
}
