using System.Text.Json.Nodes;

namespace Latchkey.Vpn.Subscriptions;

/// <summary>
/// A whole configuration for mihomo, formerly Clash Meta (https://wiki.metacubex.one/en/config/), and the apps made of it: everything goes
/// through the VPN but what stays in the home network.
/// </summary>
internal static class ClashConfiguration
{
    private const string Selector = "VPN";
    private const string Fastest = "Auto";
    private const string TestUrl = "https://www.gstatic.com/generate_204";

    // Names that mihomo gives a meaning of its own.
    private static readonly string[] Reserved = [Selector, Fastest, "DIRECT", "REJECT", "REJECT-DROP", "PASS", "COMPATIBLE", "GLOBAL"];

    private static readonly string[] HomeNetworks =
    [
        "IP-CIDR,127.0.0.0/8",
        "IP-CIDR,10.0.0.0/8",
        "IP-CIDR,172.16.0.0/12",
        "IP-CIDR,192.168.0.0/16",
        "IP-CIDR,169.254.0.0/16",
        "IP-CIDR6,::1/128",
        "IP-CIDR6,fc00::/7",
        "IP-CIDR6,fe80::/10",
    ];

    public static JsonObject Write(IReadOnlyList<SubscriptionEntry> all)
    {
        var entries = SubscriptionEntry.Apart(all, Reserved);

        return new JsonObject
        {
            ["mixed-port"] = 7890,
            ["allow-lan"] = false,
            ["mode"] = "rule",
            ["log-level"] = "warning",
            ["ipv6"] = true,
            ["dns"] = new JsonObject
            {
                ["enable"] = true,
                ["ipv6"] = true,
                ["enhanced-mode"] = "fake-ip",
                ["fake-ip-range"] = "198.18.0.1/16",
                // Names that go through the VPN are looked up at its other end; here it is the server's own name alone.
                ["nameserver"] = new JsonArray("system"),
            },
            ["proxies"] = new JsonArray([.. entries.Select(Proxy)]),
            ["proxy-groups"] = new JsonArray([.. Groups(entries)]),
            ["rules"] = new JsonArray([
                .. HomeNetworks.Select(network => JsonValue.Create($"{network},DIRECT,no-resolve")),
                JsonValue.Create($"MATCH,{Selector}"),
            ]),
        };
    }

    private static JsonObject Proxy(SubscriptionEntry entry)
    {
        var proxy = new JsonObject
        {
            ["name"] = entry.Label,
            ["type"] = "vless",
            ["server"] = entry.Server?.Host ?? SubscriptionEntry.NoHost,
            ["port"] = entry.Server?.Node.Link.Port ?? SubscriptionEntry.NoPort,
            ["uuid"] = entry.Server?.Uuid ?? SubscriptionEntry.NoUser,
            ["network"] = "tcp",
            ["udp"] = true,
        };

        if (entry.Server is not { } server)
            return proxy;

        var link = server.Node.Link;
        proxy["tls"] = true;
        proxy["servername"] = link.ServerName;

        if (server.Flow.Length > 0)
            proxy["flow"] = server.Flow;

        proxy["packet-encoding"] = "xudp";
        proxy["client-fingerprint"] = link.Fingerprint;
        proxy["reality-opts"] = new JsonObject { ["public-key"] = link.PublicKey, ["short-id"] = link.ShortId };

        return proxy;
    }

    private static IEnumerable<JsonNode> Groups(IReadOnlyList<SubscriptionEntry> entries)
    {
        var servers = entries.Where(entry => entry.Server is not null).Select(entry => entry.Label).ToList();
        var all = entries.Select(entry => entry.Label);

        yield return new JsonObject
        {
            ["name"] = Selector,
            ["type"] = "select",
            ["proxies"] = Names(servers.Count > 1 ? all.Prepend(Fastest) : all),
        };

        if (servers.Count > 1)
            yield return new JsonObject
            {
                ["name"] = Fastest,
                ["type"] = "url-test",
                ["proxies"] = Names(servers),
                ["url"] = TestUrl,
                ["interval"] = 300,
            };
    }

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => JsonValue.Create(name))]);
}
