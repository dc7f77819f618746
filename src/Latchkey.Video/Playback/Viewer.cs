using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Video.Playback;

/// <summary>Who watches, as far as a playback session is bound to somebody: an address and a user agent, hashed.</summary>
internal static class Viewer
{
    public static string Of(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress?.ToString();
        var agent = http.Request.Headers.UserAgent.ToString();
        return Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{address}\n{agent}")));
    }
}
