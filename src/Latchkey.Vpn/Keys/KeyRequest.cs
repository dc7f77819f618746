namespace Latchkey.Vpn.Keys;

/// <summary>A creation that came with an <c>Idempotency-Key</c>: sent again, it gives the same key.</summary>
internal sealed class KeyRequest
{
    private KeyRequest() { }

    /// <summary>SHA-256 of the header, in lower-case hex.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>SHA-256 of what was asked for.</summary>
    public string BodyHash { get; private set; } = "";

    public long KeyId { get; private set; }
    public VpnKey Key { get; private set; } = null!;
    public DateTimeOffset CreatedAt { get; private set; }

    public static KeyRequest Of(string hash, string bodyHash, VpnKey key, DateTimeOffset now) =>
        new()
        {
            Hash = hash,
            BodyHash = bodyHash,
            Key = key,
            CreatedAt = now,
        };
}
