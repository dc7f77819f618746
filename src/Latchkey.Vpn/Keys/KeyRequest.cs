namespace Latchkey.Vpn.Keys;

/// <summary>A creation that came with an <c>Idempotency-Key</c>: sent again, it gives the same keys.</summary>
internal sealed class KeyRequest
{
    private KeyRequest() { }

    /// <summary>SHA-256 of the header, in lower-case hex.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>SHA-256 of what was asked for.</summary>
    public string BodyHash { get; private set; } = "";

    /// <summary>The first of the keys. When it is deleted, the request is forgotten.</summary>
    public long KeyId { get; private set; }

    /// <summary>The keys of one request have numbers without a gap.</summary>
    public long LastKeyId { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public static KeyRequest Of(string hash, string bodyHash, IReadOnlyList<VpnKey> keys, DateTimeOffset now) =>
        new()
        {
            Hash = hash,
            BodyHash = bodyHash,
            KeyId = keys[0].Id,
            LastKeyId = keys[^1].Id,
            CreatedAt = now,
        };
}
