using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Vpn.Api;

/// <summary>A good answer, as JSON with exactly <c>application/json</c>.</summary>
/// <param name="isCacheable">Clients are told to keep keys for a minute: an ETag lets them ask cheaply whether it still holds.</param>
internal sealed class VpnAnswer(object value, bool isCacheable) : IResult
{
    public static VpnAnswer Json(object value) => new(value, isCacheable: false);

    public static VpnAnswer Cacheable(object value) => new(value, isCacheable: true);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var body = JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), VpnJson.Relaxed);

        if (isCacheable && EntityTag.IsUnchanged(httpContext, body))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = "application/json";
        response.ContentLength = body.Length;

        if (!HttpMethods.IsHead(httpContext.Request.Method))
            await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
