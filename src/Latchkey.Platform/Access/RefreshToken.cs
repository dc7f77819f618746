namespace Latchkey.Platform.Access;

/// <summary>A row of <c>platform_refresh_tokens</c>. Used ones stay until they expire, so that a second use is noticed.</summary>
internal sealed class RefreshToken
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private RefreshToken() { }

    public long Id { get; private set; }
    public string TokenHash { get; private set; } = "";

    /// <summary>All tokens that came, one from the other, of one sign-in.</summary>
    public string FamilyId { get; private set; } = "";

    public string KeyId { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset ExpiresAt { get; private set; }
    public DateTimeOffset? UsedAt { get; private set; }

    public static RefreshToken Issue(string secret, string familyId, string keyId, DateTimeOffset now) =>
        new()
        {
            TokenHash = SecretHash.Of(secret),
            FamilyId = familyId,
            KeyId = keyId,
            CreatedAt = now,
            ExpiresAt = now + Lifetime,
        };
}
