using System.Text;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Platform.Access;

/// <summary>The secret that a request presents in its Authorization header.</summary>
public static class RequestCredentials
{
    /// <summary>
    /// The value after <c>Bearer</c>, or the user name of <c>Basic</c> (where an API key stands); <c>null</c> when there is neither.
    /// </summary>
    public static string? Find(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();

        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return NullIfEmpty(header["Bearer ".Length..].Trim());

        return header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) ? UserName(header["Basic ".Length..].Trim()) : null;
    }

    private static string? UserName(string encoded)
    {
        var bytes = new byte[encoded.Length];

        if (!Convert.TryFromBase64String(encoded, bytes, out var length))
            return null;

        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);

        return NullIfEmpty(colon < 0 ? pair : pair[..colon]);
    }

    private static string? NullIfEmpty(string value) => value.Length == 0 ? null : value;
}
