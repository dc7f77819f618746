using System.Net;
using System.Text.Json.Nodes;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Core;

namespace Latchkey.Vpn.Setup;

/// <summary>
/// A core's whole configuration: its API, statistics of each user, the inbound that the keys are users of, and nothing private behind it.
/// https://xtls.github.io/en/config/
/// </summary>
internal static class CoreConfiguration
{
    private const string Api = "api";
    private const string ApiInbound = "api-in";
    private const string Direct = "direct";
    private const string Block = "block";

    // Written out, since the core's own list of them (geoip:private) is a file that may lack.
    private static readonly string[] PrivateNetworks =
    [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/3",
        "::/127",
        "fc00::/7",
        "fe80::/10",
        "ff00::/8",
    ];

    /// <param name="keys">Of REALITY; <c>null</c> for a V2Ray, which has none.</param>
    public static JsonObject Build(LatchkeySettings settings, RealityKeys? keys) =>
        new()
        {
            // Who goes where is not kept.
            ["log"] = new JsonObject { ["loglevel"] = "warning", ["access"] = "none" },
            ["stats"] = new JsonObject(),
            ["api"] = new JsonObject { ["tag"] = Api, ["services"] = new JsonArray("HandlerService", "StatsService") },
            ["policy"] = Policy(isXray: keys is not null),
            ["inbounds"] = new JsonArray(ApiEntrance(settings), UserEntrance(settings, keys)),
            ["outbounds"] = new JsonArray(
                new JsonObject { ["tag"] = Direct, ["protocol"] = "freedom" },
                new JsonObject { ["tag"] = Block, ["protocol"] = "blackhole" }
            ),
            ["routing"] = Routing(),
        };

    private static JsonObject Policy(bool isXray)
    {
        var users = new JsonObject
        {
            ["handshake"] = 4,
            ["connIdle"] = 300,
            ["uplinkOnly"] = 2,
            ["downlinkOnly"] = 5,
            ["statsUserUplink"] = true,
            ["statsUserDownlink"] = true,
        };

        if (isXray)
            users["statsUserOnline"] = true;

        return new()
        {
            ["levels"] = new JsonObject { ["0"] = users },
            ["system"] = new JsonObject { ["statsInboundUplink"] = true, ["statsInboundDownlink"] = true },
        };
    }

    private static JsonObject ApiEntrance(LatchkeySettings settings)
    {
        var address = ApiAddress(settings);

        return new()
        {
            ["tag"] = ApiInbound,
            ["listen"] = address,
            ["port"] = settings.Integer(CoreSettings.ApiPort),
            ["protocol"] = "dokodemo-door",
            ["settings"] = new JsonObject { ["address"] = address },
        };
    }

    private static string ApiAddress(LatchkeySettings settings) =>
        settings[CoreSettings.ApiHost]!.Trim('[', ']') switch
        {
            "localhost" => IPAddress.Loopback.ToString(),
            var host when IPAddress.TryParse(host, out var address) => address.ToString(),
            var host => throw new ConfigureException(
                new(
                    $"XRAY_API_HOST is {host}, but a core listens on IP addresses only: 127.0.0.1 for a core on this machine.",
                    $"XRAY_API_HOST — {host}, а ядро слушает только IP-адреса: 127.0.0.1 для ядра на этой машине."
                )
            ),
        };

    private static JsonObject UserEntrance(LatchkeySettings settings, RealityKeys? keys)
    {
        var sniffing = new JsonObject { ["enabled"] = true, ["destOverride"] = new JsonArray("http", "tls") };

        if (keys is not null)
        {
            sniffing["destOverride"]!.AsArray().Add("quic");
            // Only to find the rule by: the client's own choice of an address counts.
            sniffing["routeOnly"] = true;
        }

        return new()
        {
            ["tag"] = settings[CoreSettings.InboundTag],
            ["listen"] = "0.0.0.0",
            ["port"] = settings.Integer(LinkSettings.Port),
            ["protocol"] = "vless",
            ["settings"] = new JsonObject { ["clients"] = new JsonArray(), ["decryption"] = "none" },
            ["streamSettings"] = keys is null
                ? new JsonObject { ["network"] = "tcp", ["security"] = "none" }
                : new JsonObject
                {
                    ["network"] = "tcp",
                    ["security"] = "reality",
                    ["realitySettings"] = Reality(settings, keys),
                },
            ["sniffing"] = sniffing,
        };
    }

    private static JsonObject Reality(LatchkeySettings settings, RealityKeys keys)
    {
        var site = settings[LinkSettings.Destination]!;
        // What the clients ask for first, and the site's own name.
        var names = new[] { settings[LinkSettings.ServerNameIndication]!, HostOf(site) }.Distinct(StringComparer.OrdinalIgnoreCase);

        return new()
        {
            ["show"] = false,
            ["dest"] = site,
            ["xver"] = 0,
            ["serverNames"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]),
            ["privateKey"] = keys.Private,
            ["shortIds"] = new JsonArray(settings[LinkSettings.ShortId]),
        };
    }

    private static string HostOf(string site) =>
        Uri.TryCreate($"tcp://{site}", UriKind.Absolute, out var url)
        && url is { Host.Length: > 0, Port: > 0, UserInfo: "", AbsolutePath: "" or "/" }
            ? url.Host
            : throw new ConfigureException(
                new(
                    "REALITY_DEST must be host:port, such as www.microsoft.com:443.",
                    "REALITY_DEST должен иметь вид host:port, например www.microsoft.com:443."
                )
            );

    /// <summary>A VPN is no way into the server's own network. The API's rule comes first: it leads to a private address.</summary>
    private static JsonObject Routing() =>
        new()
        {
            ["domainStrategy"] = "IPIfNonMatch",
            ["rules"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "field",
                    ["inboundTag"] = new JsonArray(ApiInbound),
                    ["outboundTag"] = Api,
                },
                new JsonObject
                {
                    ["type"] = "field",
                    ["ip"] = new JsonArray([.. PrivateNetworks.Select(network => JsonValue.Create(network))]),
                    ["outboundTag"] = Block,
                }
            ),
        };
}
