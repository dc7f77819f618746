using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Latchkey.App.Problems;

/// <summary>
/// Reads a request body as JSON, whatever content type the client sent, and says which field is wrong. The framework's own binding
/// tells neither.
/// </summary>
internal static class JsonBody
{
    private const int LongestPath = 64;

    /// <returns>The body, or what is wrong with it; an empty body is <c>{}</c>.</returns>
    public static async Task<(T? Body, AppProblem? Problem)> ReadAsync<T>(HttpRequest request, CancellationToken cancellation)
        where T : class
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancellation);
        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);

        try
        {
            return JsonSerializer.Deserialize<T>(IsBlank(bytes.Span) ? "{}"u8 : bytes.Span, JsonSerializerOptions.Web) is { } body
                ? (body, null)
                : (null, AppProblem.BadRequest("The body must be a JSON object."));
        }
        catch (JsonException failure)
        {
            return (null, AppProblem.BadRequest(Explain(failure.Path)));
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> bytes) => bytes.Trim(" \t\r\n"u8).IsEmpty;

    /// <summary>The path is <c>$.title</c> or <c>$.tags[2]</c> for a field, and else <c>$</c>, nothing, or a name as long as the caller likes.</summary>
    private static string Explain(string? path) =>
        path?.Length is > 2 and < LongestPath && path.StartsWith("$.", StringComparison.Ordinal)
            ? $"{path[2..]} has a wrong type, or is not valid JSON."
            : "The body must be a JSON object.";
}
