using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Latchkey.App.Problems;

/// <summary>Errors that no handler answered (unknown routes, wrong methods, oversized bodies, crashes), in the app's shape.</summary>
internal sealed class AppProblemWriter : IProblemWriter
{
    public Task WriteAsync(HttpContext context, int status, Exception? failure) => Choose(status).ExecuteAsync(context);

    private static AppProblem Choose(int status) =>
        status switch
        {
            StatusCodes.Status404NotFound => new(status, "Not Found"),
            StatusCodes.Status405MethodNotAllowed => new(status, "Method Not Allowed"),
            StatusCodes.Status413PayloadTooLarge => new(status, "Request body is too large"),
            StatusCodes.Status401Unauthorized => new(status, "Unauthorized"),
            StatusCodes.Status403Forbidden => new(status, "Forbidden"),
            StatusCodes.Status429TooManyRequests => new(status, "Too many requests"),
            < 500 => new(status, "Invalid request"),
            _ => new(status, "Internal server error"),
        };
}
