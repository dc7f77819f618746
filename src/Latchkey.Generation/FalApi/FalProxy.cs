using Latchkey.Platform.ApiDocuments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Generation.FalApi;

/// <summary>
/// What fal.ai's client calls in place of fal.ai when it is told of a proxy (<c>proxyUrl</c>): the true address comes in a header. It is never
/// fetched; its path is one of ours.
/// </summary>
internal static class FalProxy
{
    private const string TargetHeader = "x-fal-target-url";

    private static readonly Dictionary<string, string> Places = new(StringComparer.OrdinalIgnoreCase)
    {
        ["queue.fal.run"] = "/fal",
        ["rest.fal.ai"] = "/fal",
        ["rest.alpha.fal.ai"] = "/fal",
        ["fal.run"] = "/fal/run",
    };

    /// <param name="routes">Where the proxy itself goes.</param>
    /// <param name="map">Maps everything that can be meant.</param>
    public static void MapFalProxy(this IEndpointRouteBuilder routes, Action<IEndpointRouteBuilder> map)
    {
        var inner = routes.CreateApplicationBuilder();
        inner.UseRouting();
        inner.UseEndpoints(map);
        var pipeline = inner.Build();

        routes
            .MapMethods("/fal/proxy", ["GET", "POST", "PUT", "DELETE"], (Delegate)((HttpContext http) => PassOnAsync(http, pipeline)))
            .WithTags("fal-compatible")
            .WithSummary("For fal.ai's client with proxyUrl: does what its x-fal-target-url means here")
            .TakesHeader(TargetHeader, "An address of queue.fal.run, fal.run or rest.fal.ai.")
            .SecuredBy("bearer")
            .Fails(typeof(FalProblemBody), StatusCodes.Status400BadRequest);
    }

    private static Task PassOnAsync(HttpContext http, RequestDelegate pipeline)
    {
        var request = http.Request;

        if (
            !Uri.TryCreate(request.Headers[TargetHeader].ToString(), UriKind.Absolute, out var target)
            || target.Scheme != Uri.UriSchemeHttps
            || !target.IsDefaultPort
            || !Places.TryGetValue(target.Host, out var place)
        )
            return new FalProblem(
                StatusCodes.Status400BadRequest,
                $"{TargetHeader} must be an https address of queue.fal.run, fal.run or rest.fal.ai"
            ).ExecuteAsync(http);

        // Once: nobody is sent here again.
        request.Headers.Remove(TargetHeader);
        request.Path = new PathString(place + Uri.UnescapeDataString(target.AbsolutePath));
        request.QueryString = new QueryString(target.Query);
        http.SetEndpoint(null);
        request.RouteValues.Clear();

        return pipeline(http);
    }
}
