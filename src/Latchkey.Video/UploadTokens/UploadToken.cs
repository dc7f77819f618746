using System.Security.Cryptography;
using Latchkey.Platform.Access;

namespace Latchkey.Video.UploadTokens;

/// <summary>Lets whoever holds it upload, without an API key. The contract lists tokens in full, so the token itself is stored.</summary>
internal sealed class UploadToken
{
    public const string Prefix = "tok_";

    private UploadToken() { }

    /// <summary>SHA-256 of the token, hexadecimal: what it is found by, so that a lookup's time tells nothing.</summary>
    public string Hash { get; private init; } = null!;

    public string Token { get; private init; } = null!;

    public KeyEnvironment Environment { get; private init; }

    /// <summary>Seconds; 0 is without end.</summary>
    public int Ttl { get; private init; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset? ExpiresAt { get; private init; }

    /// <summary>The only video that it may upload to; <c>null</c> for any of its environment.</summary>
    public string? VideoId { get; private init; }

    /// <summary>Bytes that one upload with it may have; <c>null</c> for the server's own limit.</summary>
    public long? MaxBytes { get; private init; }

    public static UploadToken Issue(KeyEnvironment environment, int ttl, DateTimeOffset now, string? videoId = null, long? maxBytes = null)
    {
        var token = Api.Ids.New(Prefix);

        return new UploadToken
        {
            Token = token,
            Hash = HashOf(token),
            Environment = environment,
            Ttl = ttl,
            CreatedAt = now,
            ExpiresAt = ttl == 0 ? null : now.AddSeconds(ttl),
            VideoId = videoId,
            MaxBytes = maxBytes,
        };
    }

    public bool IsValid(DateTimeOffset now) => ExpiresAt is not { } end || now < end;

    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)));
}
