using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Vpn.Api;

/// <summary>An answer's ETag is a hash of its bytes: equal answers have equal tags, on every node and after every restart.</summary>
internal static class EntityTag
{
    private const int HexDigits = 32;

    /// <summary>Sets the headers, and compares with what the caller has (RFC 9110, 13.1.2).</summary>
    public static bool IsUnchanged(HttpContext http, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        var tag = string.Create(null, $"\"{Convert.ToHexStringLower(hash[..(HexDigits / 2)])}\"");

        http.Response.Headers.ETag = tag;
        http.Response.Headers.CacheControl = "private, no-cache";

        var asked = http.Request.Headers.IfNoneMatch;

        return asked.Count > 0 && (asked.ToString() == "*" || asked.ToString().Contains(tag, StringComparison.Ordinal));
    }
}
