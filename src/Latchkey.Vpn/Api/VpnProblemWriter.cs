using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Vpn.Api;

/// <summary>Errors that no handler answered (unknown routes, wrong methods, oversized bodies, crashes), in the API's shape.</summary>
internal sealed class VpnProblemWriter : IProblemWriter
{
    public Task WriteAsync(HttpContext context, int status, Exception? failure) =>
        new VpnProblem(status, Text(status)).ExecuteAsync(context);

    private static string Text(int status) =>
        status switch
        {
            StatusCodes.Status404NotFound => "Not Found",
            StatusCodes.Status405MethodNotAllowed => "Method Not Allowed",
            StatusCodes.Status413PayloadTooLarge => VpnProblem.BodyTooLarge.Detail,
            StatusCodes.Status507InsufficientStorage => "The server's disk is full",
            < 500 => "Bad Request",
            _ => "Internal Server Error",
        };
}
