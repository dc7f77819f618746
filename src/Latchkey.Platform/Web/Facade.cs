using Microsoft.AspNetCore.Http;

namespace Latchkey.Platform.Web;

/// <summary>A set of path prefixes that share one error shape and one reading of request bodies.</summary>
/// <param name="Prefixes">
/// Such as <c>/videos</c>; a path belongs to the façade with its longest matching prefix, on whole path segments. <c>/</c> is the root alone.
/// </param>
/// <param name="Problems">The writer of its errors.</param>
public sealed record Facade(IReadOnlyList<string> Prefixes, IProblemWriter Problems)
{
    /// <summary>Bodies that are not multipart are read as JSON, whatever content type the client sent.</summary>
    public bool ReadsAllBodiesAsJson { get; init; }

    /// <summary>Of bodies that are not multipart; more gets a 413.</summary>
    public long MaxBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>JSON answers carry exactly <c>application/json</c>, without a charset.</summary>
    public bool WritesBareJsonContentType { get; init; }

    /// <summary>Turns a request to another of the façade's addresses before it is routed; it stays this façade's.</summary>
    public Action<HttpRequest>? Rewrite { get; init; }

    /// <summary>The origins whose pages may call it.</summary>
    public AllowedOrigins Origins { get; init; } = AllowedOrigins.Any;

    /// <summary>Paths that no façade claims get this one's errors, except those below <c>/api</c>; of several, the first module's.</summary>
    public bool IsDefault { get; init; }
}
