using Microsoft.AspNetCore.Http.HttpResults;

namespace Latchkey.Wiring;

internal static class HostEndpoints
{
    /// <summary>The VPN module's health routes, while it is not there to answer them.</summary>
    public static void MapHost(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", GetName).WithTags("Host").WithSummary("The server's name");
        routes.MapGet("/health", GetName).WithTags("Host").WithSummary("Whether the server runs");
    }

    private static Ok<NameResponse> GetName() => TypedResults.Ok(new NameResponse("ok", "Latchkey"));
}

internal sealed record NameResponse(string Status, string Name);
