using Microsoft.AspNetCore.Http;

namespace Latchkey.Platform.Web;

/// <summary>
/// CORS by façade. ASP.NET's own wants lists of header names, and adds <c>Vary: Origin</c> where any origin is allowed; here such answers are
/// the same for every origin, so they can be cached, and any header that a client library invents is allowed.
/// </summary>
internal static class CrossOrigin
{
    private const string Methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
    private const string Exposed =
        "Content-Range, Content-Length, Content-Disposition, ETag, Location, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Retry-After, "
        + "Idempotency-Key, Idempotent-Replayed";
    private const string OneDay = "86400";
    private const int LongestHeaderList = 2048;

    public static void Allow(HttpContext context, AllowedOrigins origins)
    {
        var headers = context.Response.Headers;

        if (origins.IsList)
            headers.Vary = headers.Vary.Count == 0 ? "Origin" : $"{headers.Vary}, Origin";

        if (origins.AnswerTo(context.Request.Headers.Origin) is not { } allowed)
            return;

        headers.AccessControlAllowOrigin = allowed;
        headers.AccessControlExposeHeaders = Exposed;
    }

    /// <returns>Whether the request was a preflight of an origin that is allowed, which is answered now.</returns>
    public static bool AnswerPreflight(HttpContext context, AllowedOrigins origins)
    {
        var asked = context.Request.Headers;

        if (!HttpMethods.IsOptions(context.Request.Method) || asked.Origin.Count == 0 || asked.AccessControlRequestMethod.Count == 0)
            return false;

        if (origins.AnswerTo(asked.Origin) is null)
            return false;

        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlMaxAge = OneDay;

        // "*" would not cover Authorization, so the names are given back as asked.
        if (
            asked.AccessControlRequestHeaders.ToString() is { Length: > 0 and <= LongestHeaderList } names
            && names.All(IsHeaderListCharacter)
        )
            headers.AccessControlAllowHeaders = names;

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }

    private static bool IsHeaderListCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is ',' or ' ' or '-' or '_' or '.';
}
