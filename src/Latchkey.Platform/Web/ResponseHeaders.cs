using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Latchkey.Platform.Web;

/// <summary>
/// Last look at the headers before they leave. Some client libraries put them into a dictionary by name and die of a header with two
/// values, or accept no content type but exactly <c>application/json</c>, or none on an empty answer.
/// </summary>
internal static class ResponseHeaders
{
    public static readonly Func<object, Task> Fix = state =>
    {
        Apply((HttpContext)state);
        return Task.CompletedTask;
    };

    private static void Apply(HttpContext context)
    {
        var facade = context.Features.Get<Facade>();
        var response = context.Response;
        var headers = response.Headers;

        if (response.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified)
            headers.ContentType = default;
        else if (response.ContentLength == 0)
            headers.ContentType = default;
        else if (facade is { WritesBareJsonContentType: true } && IsJson(headers.ContentType))
            headers.ContentType = "application/json";

        headers.Vary = FirstToken(headers.Vary);

        if (facade is not null)
            CrossOrigin.Allow(context, facade.Origins);

        headers.Allow = FirstToken(headers.Allow);
        headers.WWWAuthenticate = headers.WWWAuthenticate is { Count: > 1 } schemes ? schemes[0] : headers.WWWAuthenticate;
    }

    private static bool IsJson(StringValues contentType) =>
        contentType is [{ } value] && value.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) && value.Length > 16;

    private static StringValues FirstToken(StringValues values)
    {
        if (values is not [{ } first, ..])
            return values;

        var comma = first.IndexOf(',', StringComparison.Ordinal);

        return comma < 0 && values.Count == 1 ? values
            : comma < 0 ? first
            : first[..comma].TrimEnd();
    }
}
