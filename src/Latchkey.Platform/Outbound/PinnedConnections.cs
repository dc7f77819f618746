using System.Net;
using System.Net.Sockets;

namespace Latchkey.Platform.Outbound;

/// <summary>
/// Resolves a host once, and connects to exactly the addresses that were checked: a name that resolves differently a moment later
/// (DNS rebinding) changes nothing.
/// </summary>
internal sealed class PinnedConnections(IHostResolver resolver, OutboundRules rules)
{
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellation)
    {
        var allowed = Array.FindAll(await Resolve(target.Host, cancellation), address => rules.Allows(target, address));

        if (allowed.Length == 0)
            throw new OutboundException(OutboundReasons.AddressNotAllowed, $"{target.Host} is not a public address.");

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> Resolve(string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var literal))
            return [literal];

        try
        {
            return await resolver.ResolveAsync(host, cancellation) is { Length: > 0 } addresses
                ? addresses
                : throw new OutboundException(OutboundReasons.DnsFailed, $"{host} has no address.");
        }
        catch (SocketException exception)
        {
            throw new OutboundException(OutboundReasons.DnsFailed, $"{host} was not found.", exception);
        }
    }
}
