namespace Latchkey.Video.Playback;

/// <summary>That a private video's token was used. Tokens are stateless, so only their use needs a row; the first insert wins.</summary>
internal sealed class PlaybackTokenUse(Guid token, string videoId, string sessionHash, DateTimeOffset usedAt, DateTimeOffset expiresAt)
{
    public Guid Token { get; private init; } = token;

    public string VideoId { get; private init; } = videoId;

    /// <summary>The session that it opened.</summary>
    public string SessionHash { get; private init; } = sessionHash;

    public DateTimeOffset UsedAt { get; private init; } = usedAt;

    /// <summary>When the token would be worthless anyhow, and the row can go.</summary>
    public DateTimeOffset ExpiresAt { get; private init; } = expiresAt;
}
