using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Latchkey.Platform.Web;

/// <summary>The host's own error shape, for paths below <c>/api</c> that no module claims, and where no module is the default.</summary>
internal sealed class HostProblemWriter : IProblemWriter
{
    public static readonly HostProblemWriter Instance = new();

    public Task WriteAsync(HttpContext context, int status, Exception? failure)
    {
        var reason = ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } known ? known : status.ToString(CultureInfo.InvariantCulture);

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";

        return context
            .Response.Body.WriteAsync(
                JsonSerializer.SerializeToUtf8Bytes(new HostProblem(false, reason, reason), Json),
                context.RequestAborted
            )
            .AsTask();
    }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
}

internal sealed record HostProblem(bool Success, string Error, string Detail);
