using System.Net;
using System.Net.Sockets;

namespace Latchkey.Vpn.Core;

/// <summary>Where a core's API listens: <c>host:port</c>, or a Unix socket as a path or <c>@name</c>.</summary>
internal sealed record CoreAddress(string Text)
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(3);

    private bool IsSocketFile => Text.StartsWith('/') || Text.StartsWith('@');

    /// <summary>For HTTP, which wants a host even where a socket file is connected to.</summary>
    public Uri Url => new(IsSocketFile ? "http://localhost" : $"http://{Text}");

    public static bool IsValid(string text) =>
        text.StartsWith('/')
        || text.StartsWith('@')
        || (
            Uri.TryCreate($"http://{text}", UriKind.Absolute, out var url)
            && url is { PathAndQuery: "/", UserInfo: "", Port: > 0 }
            && text.Contains(':')
        );

    /// <param name="connected">Called for every connection, before anything is sent over it.</param>
    public SocketsHttpHandler CreateHandler(Action connected) =>
        new()
        {
            UseProxy = false,
            ConnectTimeout = LongestConnect,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectCallback = async (context, cancellation) =>
            {
                var stream = await ConnectAsync(context.DnsEndPoint, cancellation);
                connected();

                return stream;
            },
        };

    private async Task<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellation)
    {
        var socket = IsSocketFile
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        try
        {
            // The first byte of an abstract socket's name is a zero, which is written as @.
            await socket.ConnectAsync(
                IsSocketFile ? new UnixDomainSocketEndPoint(Text[0] == '@' ? "\0" + Text[1..] : Text) : host,
                cancellation
            );

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
