using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Problems;

/// <summary>Errors that no handler answered (unknown routes, wrong methods, oversized bodies, crashes), in the module's shape.</summary>
internal sealed class GenerationProblemWriter : IProblemWriter
{
    public Task WriteAsync(HttpContext context, int status, Exception? failure) =>
        new GenerationProblem(status, TextOf(status)).ExecuteAsync(context);

    private static string TextOf(int status) =>
        status switch
        {
            StatusCodes.Status401Unauthorized => "Unauthorized",
            StatusCodes.Status403Forbidden => "Forbidden",
            StatusCodes.Status404NotFound => "Not Found",
            StatusCodes.Status405MethodNotAllowed => "Method Not Allowed",
            StatusCodes.Status413PayloadTooLarge => "Request body is too large",
            StatusCodes.Status429TooManyRequests => "Too many requests",
            StatusCodes.Status507InsufficientStorage => "No storage left",
            < 500 => "Invalid request",
            _ => "Internal server error",
        };
}
