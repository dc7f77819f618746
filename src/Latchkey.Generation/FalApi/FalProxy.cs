using Latchkey.Platform.ApiDocuments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Generation.FalApi;

/// <summary>
/// What fal.ai's client calls in place of fal.ai when it is told of a proxy (<c>proxyUrl</c>): the true address comes in a header. It is never
/// fetched; its path is one of ours, to which the request goes before it is routed.
/// </summary>
internal static class FalProxy
{
    private const string Address = "/fal/proxy";
    private const string TargetHeader = "x-fal-target-url";

    private static readonly Dictionary<string, string> Places = new(StringComparer.OrdinalIgnoreCase)
    {
        ["queue.fal.run"] = "/fal",
        ["rest.fal.ai"] = "/fal",
        ["rest.alpha.fal.ai"] = "/fal",
        ["fal.run"] = "/fal/run",
    };

    /// <summary>Where requests end whose header means nothing here.</summary>
    public static void MapFalProxy(this RouteGroupBuilder api) =>
        api.MapMethods("/proxy", ["GET", "POST", "PUT", "DELETE"], Refuse)
            .WithSummary("For fal.ai's client with proxyUrl: does what its x-fal-target-url means here")
            .TakesHeader(TargetHeader, "An address of queue.fal.run, fal.run or rest.fal.ai.")
            .Produces<object>()
            .SecuredBy("bearer")
            .Fails(typeof(FalProblemBody), StatusCodes.Status400BadRequest);

    /// <summary>Before routing.</summary>
    public static void Rewrite(HttpRequest request)
    {
        if (
            request.Path != Address
            || !Uri.TryCreate(request.Headers[TargetHeader].ToString(), UriKind.Absolute, out var target)
            || target.Scheme != Uri.UriSchemeHttps
            || !target.IsDefaultPort
            || !Places.TryGetValue(target.Host, out var place)
        )
            return;

        request.Path = new PathString(place + Uri.UnescapeDataString(target.AbsolutePath));
        request.QueryString = new QueryString(target.Query);
    }

    private static FalProblem Refuse() =>
        new(StatusCodes.Status400BadRequest, $"{TargetHeader} must be an https address of queue.fal.run, fal.run or rest.fal.ai");
}
