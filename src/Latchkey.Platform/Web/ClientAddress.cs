using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Platform.Web;

/// <summary>Where a request really comes from.</summary>
public static class ClientAddress
{
    /// <summary>
    /// The caller's address, taken from forwarding headers where a trusted proxy set them. An IPv6 caller owns a whole /64, so limits
    /// count that.
    /// </summary>
    public static string ForLimits(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;

        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();

        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPNetwork(Network64(address), 64).ToString()
            : address.ToString();
    }

    private static IPAddress Network64(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
