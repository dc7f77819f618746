using System.Text.Json.Nodes;
using Latchkey.Vpn.Links;

namespace Latchkey.Vpn.Subscriptions;

/// <summary>
/// A whole configuration for sing-box 1.12 and newer (https://sing-box.sagernet.org/configuration/): everything goes through the VPN but what
/// stays in the home network. Apps that have rules of their own take only its outbounds.
/// </summary>
internal static class SingBoxConfiguration
{
    private const string Selector = "proxy";
    private const string Fastest = "auto";
    private const string Direct = "direct";
    private const string RemoteNames = "dns-remote";
    private const string LocalNames = "dns-local";

    // Answers 204 from everywhere; the usual measure of these apps.
    private const string TestUrl = "https://www.gstatic.com/generate_204";

    public static JsonObject Write(IReadOnlyList<SubscriptionEntry> all)
    {
        var entries = SubscriptionEntry.Apart(all, Selector, Fastest, Direct);

        return new JsonObject
        {
            ["log"] = new JsonObject { ["level"] = "warn", ["timestamp"] = true },
            ["dns"] = new JsonObject
            {
                ["servers"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "https",
                        ["tag"] = RemoteNames,
                        ["server"] = "1.1.1.1",
                        ["detour"] = Selector,
                    },
                    new JsonObject { ["type"] = "local", ["tag"] = LocalNames }
                ),
                ["final"] = RemoteNames,
            },
            ["inbounds"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "tun",
                    ["tag"] = "tun-in",
                    ["address"] = new JsonArray("172.19.0.1/30", "fdfe:dcba:9876::1/126"),
                    ["auto_route"] = true,
                    ["strict_route"] = true,
                }
            ),
            ["outbounds"] = new JsonArray([.. Groups(entries), .. entries.Select(Outbound), Typed("direct", Direct)]),
            ["route"] = new JsonObject
            {
                ["rules"] = new JsonArray(
                    new JsonObject { ["action"] = "sniff" },
                    new JsonObject { ["protocol"] = "dns", ["action"] = "hijack-dns" },
                    new JsonObject { ["ip_is_private"] = true, ["outbound"] = Direct }
                ),
                ["final"] = Selector,
                ["auto_detect_interface"] = true,
                // The server's own name cannot be asked for through the server.
                ["default_domain_resolver"] = LocalNames,
            },
        };
    }

    /// <summary>What the user picks from, and where there are several servers, the fastest of them.</summary>
    private static IEnumerable<JsonNode> Groups(IReadOnlyList<SubscriptionEntry> entries)
    {
        var servers = entries.Where(entry => entry.Server is not null).Select(entry => entry.Label).ToList();
        var selector = Typed("selector", Selector);
        selector["outbounds"] = Names(servers.Count > 1 ? [Fastest, .. Labels(entries)] : Labels(entries));
        selector["default"] = servers.Count > 1 ? Fastest : servers[0];

        yield return selector;

        if (servers.Count < 2)
            yield break;

        var fastest = Typed("urltest", Fastest);
        fastest["outbounds"] = Names(servers);
        fastest["url"] = TestUrl;
        fastest["interval"] = "5m";

        yield return fastest;
    }

    private static JsonObject Outbound(SubscriptionEntry entry)
    {
        var outbound = Typed("vless", entry.Label);

        if (entry.Server is not { } server)
        {
            (outbound["server"], outbound["server_port"]) = (SubscriptionEntry.NoHost, SubscriptionEntry.NoPort);
            outbound["uuid"] = SubscriptionEntry.NoUser;

            return outbound;
        }

        (outbound["server"], outbound["server_port"], outbound["uuid"]) = (server.Host, server.Node.Link.Port, server.Uuid);

        if (server.Flow.Length > 0)
            outbound["flow"] = server.Flow;

        outbound["packet_encoding"] = "xudp";
        outbound["tls"] = Reality(server.Node.Link);

        return outbound;
    }

    private static JsonObject Reality(LinkParameters link) =>
        new()
        {
            ["enabled"] = true,
            ["server_name"] = link.ServerName,
            ["utls"] = new JsonObject { ["enabled"] = true, ["fingerprint"] = link.Fingerprint },
            ["reality"] = new JsonObject
            {
                ["enabled"] = true,
                ["public_key"] = link.PublicKey,
                ["short_id"] = link.ShortId,
            },
        };

    private static JsonObject Typed(string type, string tag) => new() { ["type"] = type, ["tag"] = tag };

    private static IEnumerable<string> Labels(IReadOnlyList<SubscriptionEntry> entries) => entries.Select(entry => entry.Label);

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => JsonValue.Create(name))]);
}
