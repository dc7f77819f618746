using System.IO.Compression;
using System.Security.Cryptography;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Platform.ApiDocuments;

/// <summary>A file of some hundred kilobytes that stays as it is while the program runs.</summary>
internal sealed record PublishedFile(byte[] Plain, byte[] Zipped, string ContentType, string ETag) : IResult
{
    public static PublishedFile Of(byte[] plain, string contentType)
    {
        using var zipped = new MemoryStream();

        using (var zip = new GZipStream(zipped, CompressionLevel.Fastest))
            zip.Write(plain);

        return new(plain, zipped.ToArray(), contentType, $"\"{Convert.ToHexStringLower(SHA256.HashData(plain))[..32]}\"");
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        response.Headers.ETag = ETag;
        response.Headers.CacheControl = "no-cache";
        response.Headers.Vary = "Accept-Encoding";

        if (new FileConditions(request, ETag, DateTimeOffset.MaxValue).IsUnchanged)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        var isZipped = request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        var bytes = isZipped ? Zipped : Plain;

        if (isZipped)
            response.Headers.ContentEncoding = "gzip";

        response.ContentType = ContentType;
        response.ContentLength = bytes.Length;

        return response.Body.WriteAsync(bytes, httpContext.RequestAborted).AsTask();
    }
}
