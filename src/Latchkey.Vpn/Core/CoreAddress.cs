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

    public SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectTimeout = LongestConnect,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        };

        if (IsSocketFile)
            handler.ConnectCallback = ConnectToSocketFileAsync;

        return handler;
    }

    private async ValueTask<Stream> ConnectToSocketFileAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        try
        {
            // The first byte of an abstract socket's name is a zero, which is written as @.
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Text[0] == '@' ? "\0" + Text[1..] : Text), cancellation);

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
