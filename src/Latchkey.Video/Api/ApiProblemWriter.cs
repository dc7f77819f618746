using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Video.Api;

/// <summary>What no handler answered, in this API's words: unknown routes, wrong methods, bad bodies, crashes.</summary>
internal sealed class ApiProblemWriter : IProblemWriter
{
    public Task WriteAsync(HttpContext context, int status, Exception? failure)
    {
        var problem = failure is ProblemException known
            ? known.Problem
            : status switch
            {
                StatusCodes.Status404NotFound => Problems.UnrecognizedRequestUrl(),
                StatusCodes.Status405MethodNotAllowed => Problems.MethodNotAllowed(),
                StatusCodes.Status429TooManyRequests => Problems.TooManyRequests(),
                StatusCodes.Status507InsufficientStorage => Problems.StorageFull(),
                StatusCodes.Status408RequestTimeout => Problems.InvalidPayload("The body did not arrive in time."),
                StatusCodes.Status413PayloadTooLarge => Problems.InvalidPayload("The body is too large."),
                >= 400 and < 500 => Problems.InvalidPayload("The request cannot be read."),
                _ => Problems.ServerError(),
            };

        return problem.ExecuteAsync(context);
    }
}
