using System.Net;
using Latchkey.Platform.Settings;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Latchkey.Wiring;

internal static class TrustedProxies
{
    /// <summary>Takes the caller's address, scheme and host from forwarding headers, where LATCHKEY_TRUSTED_PROXIES wrote them.</summary>
    public static void UseTrustedProxies(this IApplicationBuilder app, LatchkeySettings settings)
    {
        var trusted = settings.List(PlatformSettings.TrustedProxies);

        if (trusted.Count == 0)
            return;

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All, ForwardLimit = null };
        options.ForwardedHeaders &= ~ForwardedHeaders.XForwardedPrefix;
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();

        foreach (var entry in trusted)
            options.KnownIPNetworks.Add(Network(entry));

        app.UseForwardedHeaders(options);
    }

    private static IPNetwork Network(string entry)
    {
        if (IPNetwork.TryParse(entry, out var network))
            return network;

        return IPAddress.TryParse(entry, out var address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw new LatchkeyStartException(
                $"LATCHKEY_TRUSTED_PROXIES has {entry}: write addresses (10.0.0.5) or networks (10.0.0.0/8)."
            );
    }
}
