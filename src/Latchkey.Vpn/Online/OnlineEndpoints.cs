using Latchkey.Vpn.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Vpn.Online;

internal static class OnlineEndpoints
{
    public static void MapOnline(this RouteGroupBuilder api) =>
        api.MapGet("/api/keys/online", ListOnline)
            .WithTags("Keys")
            .WithSummary("List the keys that are in use now")
            .Produces<OnlineResponse>();

    private static async Task<IResult> ListOnline(OnlineList list, CancellationToken cancellation) =>
        VpnAnswer.Json(await list.ReadAsync(cancellation));
}
