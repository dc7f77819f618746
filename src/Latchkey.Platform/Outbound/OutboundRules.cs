using System.Globalization;
using System.Net;

namespace Latchkey.Platform.Outbound;

/// <summary>
/// Which addresses a URL from outside may lead to: public ones, and those the operator allows as host names, <c>host:port</c>, addresses or
/// networks (<c>LATCHKEY_OUTBOUND_ALLOW</c>).
/// </summary>
internal sealed class OutboundRules
{
    private readonly List<IPNetwork> _networks = [];
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase);

    public OutboundRules(IEnumerable<string> allowed)
    {
        foreach (var entry in allowed)
        {
            if (IPNetwork.TryParse(entry, out var network))
                _networks.Add(network);
            else if (IPAddress.TryParse(entry, out var address))
                _networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else
                _hosts.Add(entry);
        }
    }

    public bool Allows(DnsEndPoint asked, IPAddress address) =>
        PublicAddresses.Contain(address)
        || _networks.Exists(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address))
        || _hosts.Contains(asked.Host)
        || _hosts.Contains(string.Create(CultureInfo.InvariantCulture, $"{Bracketed(asked.Host)}:{asked.Port}"));

    private static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host;
}
