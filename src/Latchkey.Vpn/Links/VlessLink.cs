using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Latchkey.Vpn.Core;

namespace Latchkey.Vpn.Links;

/// <summary>
/// A <c>vless://</c> share link: the parameters stand in the order of the Veil Xray API's documentation, values and fragment are
/// percent-encoded as https://github.com/XTLS/Xray-core/discussions/716 asks.
/// </summary>
internal static class VlessLink
{
    /// <param name="fallbackHost">The server's address where the node does not name one.</param>
    /// <param name="flow">As <c>REALITY_FLOW</c> has it; <c>null</c> when it is not set.</param>
    /// <param name="label">What the client app shows.</param>
    public static string Write(LinkParameters node, string uuid, string fallbackHost, string? flow, CoreKind kind, string label)
    {
        var link = new StringBuilder("vless://").Append(uuid).Append('@').Append(HostOf(node.Host ?? fallbackHost)).Append(':');

        link.Append(node.Port.ToString(CultureInfo.InvariantCulture)).Append("?type=tcp&security=reality");
        Add(link, "sni", node.ServerName);
        Add(link, "fp", node.Fingerprint);
        Add(link, "pbk", node.PublicKey ?? throw new InvalidOperationException("There is no link without a public key."));
        Add(link, "sid", node.ShortId);
        Add(link, "spx", "/");

        // Clients refuse an empty flow, and most refuse the literal none, which is only there for whoever asked for it.
        if (flow == Flows.None)
            Add(link, "flow", Flows.None);
        else if (Flows.ForCore(flow, kind) is { Length: > 0 } used)
            Add(link, "flow", used);

        return link.Append('#').Append(Uri.EscapeDataString(label)).ToString();
    }

    private static void Add(StringBuilder link, string name, string value) =>
        link.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));

    private static string HostOf(string host) =>
        IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : host;
}
