using Latchkey.Vpn.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Vpn.Api;

/// <summary>What monitors and panels ask first, without a token. Panels put <c>/api</c> behind the base address by themselves.</summary>
internal static class StatusEndpoints
{
    private static readonly StatusResponse Ok = new("ok", "veil-xray-api");

    public static void MapStatus(this IEndpointRouteBuilder routes)
    {
        var status = routes.MapGroup("").WithTags("Status");

        status.MapGet("/", GetStatus).WithSummary("Say that the API is there").Produces<StatusResponse>();
        status.MapGet("/api", GetStatus).ExcludeFromDescription();
        status.MapGet("/health", GetStatus).WithSummary("The same, for monitors").Produces<StatusResponse>();
    }

    private static IResult GetStatus() => VpnAnswer.Json(Ok);
}
