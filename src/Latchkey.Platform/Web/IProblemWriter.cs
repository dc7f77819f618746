using Microsoft.AspNetCore.Http;

namespace Latchkey.Platform.Web;

/// <summary>Writes errors that no handler wrote, in the shape of one façade: unknown routes, wrong methods, bad bodies, crashes.</summary>
public interface IProblemWriter
{
    /// <param name="failure">What went wrong; never shown to the caller, only used to choose the answer.</param>
    Task WriteAsync(HttpContext context, int status, Exception? failure);
}
