using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Latchkey.Video.Playback;

/// <summary>Errors of playback: the status, and its name for whoever looks; players read no bodies.</summary>
internal sealed class PlainProblems : IProblemWriter
{
    public Task WriteAsync(HttpContext context, int status, Exception? failure)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";

        return context.Response.WriteAsync(ReasonPhrases.GetReasonPhrase(status));
    }
}
