using Latchkey.Vpn.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Vpn.Nodes;

internal static class NodeEndpoints
{
    public static void MapNodes(this RouteGroupBuilder api) =>
        api.MapGet("/api/nodes", ListNodes).WithTags("Nodes").WithSummary("List the cores, and how each is").Produces<NodesResponse>();

    private static async Task<IResult> ListNodes(VpnCores cores)
    {
        var nodes = (await cores.GetStatusAsync())
            .Select(core => new NodeResponse(
                core.Node.Name,
                core.Node.Api.Text,
                core.Status.Kind?.ToLowerInvariant(),
                core.Status.IsUp,
                core.Status.Users,
                core.Status.Failure
            ))
            .ToList();

        return VpnAnswer.Json(new NodesResponse(nodes, nodes.Count));
    }
}

/// <param name="Total">How many cores there are.</param>
public sealed record NodesResponse(IReadOnlyList<NodeResponse> Nodes, int Total);

/// <param name="Name">main for the core of XRAY_API_HOST, else as VPN_NODES_FILE names it.</param>
/// <param name="Address">Where the core's own API listens.</param>
/// <param name="Kind">xray or v2ray; null while it does not answer.</param>
/// <param name="IsUp">Whether it answers.</param>
/// <param name="Users">How many keys it is known to let in.</param>
/// <param name="Failure">Why it is not as it should be, or null.</param>
public sealed record NodeResponse(string Name, string Address, string? Kind, bool IsUp, int Users, string? Failure);
