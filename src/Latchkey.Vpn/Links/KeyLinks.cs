using Latchkey.Platform.Web;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Nodes;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Vpn.Links;

/// <summary>The links of a key, one for each node.</summary>
internal sealed class KeyLinks(VpnNodes nodes, NodeKinds kinds, PublicUrl publicUrl)
{
    /// <summary>The link to the first node, or <c>null</c> when REALITY's public key is not set.</summary>
    public async Task<string?> FirstOfAsync(KeyResponse key, HttpRequest request, CancellationToken cancellation) =>
        await WriteAsync(nodes.First, key, request, LabelOf(key), cancellation);

    /// <summary>The links to all nodes that can have one, the first node's first.</summary>
    public async Task<IReadOnlyList<KeyLink>> AllOfAsync(KeyResponse key, HttpRequest request, CancellationToken cancellation)
    {
        var links = new List<KeyLink>();

        foreach (var node in nodes.All)
        {
            var label = nodes.All.Count == 1 ? LabelOf(key) : $"{LabelOf(key)} {node.Name}";

            if (await WriteAsync(node, key, request, label, cancellation) is { } link)
                links.Add(
                    new KeyLink(
                        node,
                        label,
                        link,
                        key.Uuid,
                        node.Link.Host ?? HostOf(request),
                        Flows.ForCore(node.Flow, await kinds.OfAsync(node, cancellation))
                    )
                );
        }

        return links;
    }

    /// <summary>What a client app shows where there is one node.</summary>
    public static string LabelOf(KeyResponse key) => string.IsNullOrEmpty(key.Name) ? $"key_{key.KeyId}" : key.Name;

    private async Task<string?> WriteAsync(
        VpnNode node,
        KeyResponse key,
        HttpRequest request,
        string label,
        CancellationToken cancellation
    ) =>
        node.Link.PublicKey is null
            ? null
            : VlessLink.Write(node.Link, key.Uuid, HostOf(request), node.Flow, await kinds.OfAsync(node, cancellation), label);

    private string HostOf(HttpRequest request) => new Uri(publicUrl.BaseFor(request)).IdnHost;
}

/// <param name="Label">What the client app shows.</param>
/// <param name="Host">The server's address, as the link has it but without brackets.</param>
/// <param name="Flow">VLESS's flow; empty for none.</param>
internal sealed record KeyLink(VpnNode Node, string Label, string Link, string Uuid, string Host, string Flow);
