using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Latchkey.Vpn.Tests.Running;

/// <summary>The smallest client of a VLESS inbound without TLS: one connection, one HTTP request with a body of known length in its answer.</summary>
internal static class VlessClient
{
    private const int HeaderLength = 26;
    private const int BlockBytes = 64 * 1024;
    private const byte ConnectTcp = 1;
    private const byte AddressIsIPv4 = 1;

    private static ReadOnlySpan<byte> LengthHeader => "Content-Length: "u8;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <param name="port">Where the core listens for its users.</param>
    /// <param name="target">The port on loopback that the core is to connect to.</param>
    /// <returns>The whole answer; <c>null</c> when the core did not let the user in.</returns>
    public static async Task<byte[]?> AskAsync(int port, string uuid, int target, ReadOnlyMemory<byte> payload)
    {
        using var deadline = new CancellationTokenSource(Longest);
        using var client = new TcpClient { NoDelay = true };

        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
            var stream = client.GetStream();
            await stream.WriteAsync(Request(uuid, target, payload.Span), deadline.Token);

            using var answer = new MemoryStream();
            var block = new byte[BlockBytes];

            // The core leaves a connection open for seconds after its other end has closed.
            while (!IsWhole(answer) && await stream.ReadAsync(block, deadline.Token) is > 0 and var read)
                answer.Write(block, 0, read);

            return answer.ToArray() is [0, 0, .. var rest] ? rest : null;
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            // This is how a core turns a stranger away.
            return null;
        }
    }

    /// <summary>Whether the core lets this user in.</summary>
    public static async Task<bool> IsLetInAsync(RealCore core, string uuid, Origin origin) =>
        await AskAsync(core.InboundPort, uuid, origin.Port, Origin.SmallRequest) is { Length: > 0 };

    private static bool IsWhole(MemoryStream answer)
    {
        var text = answer.GetBuffer().AsSpan(0, (int)answer.Length);
        var end = text.IndexOf("\r\n\r\n"u8);

        if (end < 0)
            return false;

        var length = text[(text.IndexOf(LengthHeader) + LengthHeader.Length)..end];

        return Utf8Parser.TryParse(length, out int bytes, out _) && text.Length >= end + 4 + bytes;
    }

    private static byte[] Request(string uuid, int target, ReadOnlySpan<byte> payload)
    {
        var request = new byte[HeaderLength + payload.Length];
        var rest = request.AsSpan(1);

        Guid.Parse(uuid).TryWriteBytes(rest, bigEndian: true, out var written);
        rest = rest[(written + 1)..];
        rest[0] = ConnectTcp;
        BinaryPrimitives.WriteUInt16BigEndian(rest[1..], (ushort)target);
        rest[3] = AddressIsIPv4;
        IPAddress.Loopback.TryWriteBytes(rest[4..], out _);
        payload.CopyTo(rest[8..]);

        return request;
    }
}
