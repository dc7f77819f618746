using Microsoft.AspNetCore.Http.HttpResults;

namespace Latchkey.Wiring;

internal static class HostEndpoints
{
    /// <summary>The VPN module's health routes, while it is not there to answer them.</summary>
    public static void MapHost(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", GetName);
        routes.MapGet("/health", GetName);
    }

    private static Ok<NameResponse> GetName() => TypedResults.Ok(new NameResponse("ok", "Latchkey"));
}

internal sealed record NameResponse(string Status, string Name);
