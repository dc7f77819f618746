using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Latchkey.Platform.Cluster;

internal static class FreePort
{
    // Below the range from which Linux takes the local ports of outgoing connections (32768 and up): a port found free there may be
    // gone a moment later.
    private const int Lowest = 20_000;
    private const int Highest = 32_000;
    private const int Attempts = 100;

    /// <summary>A TCP port that nobody listens on, on loopback.</summary>
    public static int Find()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(Lowest, Highest);

            if (IsFree(new IPEndPoint(IPAddress.Loopback, port)))
                return port;
        }

        throw new InvalidOperationException($"No free port on loopback among {Attempts} tried between {Lowest} and {Highest}.");
    }

    public static bool IsFree(IPEndPoint endPoint)
    {
        try
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(endPoint);
            socket.Listen(1);

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
