using System.Net;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Platform.Web;

public static class RequestOrigin
{
    // X-Original-For is what the forwarded-headers middleware leaves behind when it has taken the caller's address from the header.
    private static readonly string[] ForwardingHeaders =
    [
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Original-For",
        "X-Real-IP",
        "Forwarded",
        "Via",
    ];

    /// <summary>Whether the request was made on this machine itself. One that a proxy on this machine passed on was not.</summary>
    public static bool IsTrueLoopback(this HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address)
        && !ForwardingHeaders.Any(context.Request.Headers.ContainsKey);
}
