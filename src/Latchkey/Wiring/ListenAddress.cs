using System.Net;
using System.Net.Sockets;
using Latchkey.Platform.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Latchkey.Wiring;

/// <summary>One place where the server listens.</summary>
/// <param name="Host"><c>*</c>, <c>localhost</c>, or an IP address.</param>
internal sealed record ListenAddress(string Host, int Port, bool IsHttps)
{
    private const string AnyHost = "*";
    private const string LoopbackHost = "localhost";

    /// <summary>LATCHKEY_LISTEN, or PORT on loopback, or PORT on all interfaces in production.</summary>
    public static IReadOnlyList<ListenAddress> From(LatchkeySettings settings)
    {
        var listed = settings.List(PlatformSettings.Listen);

        return listed.Count > 0
            ? [.. listed.Select(Parse)]
            : [new(settings.IsProduction() ? AnyHost : LoopbackHost, settings.Integer(PlatformSettings.Port), IsHttps: false)];
    }

    /// <summary>Such as <c>http://127.0.0.1:8000</c>.</summary>
    public string Url => $"{(IsHttps ? "https" : "http")}://{Host}:{Port}";

    /// <summary>The sockets this stands for.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints =>
        Host switch
        {
            AnyHost or "+" => [new(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, Port)],
            // Two sockets cannot be given one port that is picked when the first of them opens.
            LoopbackHost when Port != 0 && HasIPv6Loopback() => [new(IPAddress.Loopback, Port), new(IPAddress.IPv6Loopback, Port)],
            LoopbackHost => [new(IPAddress.Loopback, Port)],
            _ => [new(IPAddress.Parse(Host.Trim('[', ']')), Port)],
        };

    public void Apply(KestrelServerOptions kestrel, Action<ListenOptions> configure)
    {
        foreach (var endPoint in EndPoints)
            kestrel.Listen(endPoint, configure);
    }

    private static ListenAddress Parse(string text)
    {
        BindingAddress address;

        try
        {
            address = BindingAddress.Parse(text);
        }
        catch (FormatException failure)
        {
            throw Bad(text, failure);
        }

        var isNamed = address.Host is AnyHost or "+" or LoopbackHost;

        if (
            address.IsUnixPipe
            || address.IsNamedPipe
            || address.PathBase.Length > 0
            || !isNamed && !IPAddress.TryParse(address.Host.Trim('[', ']'), out _)
        )
            throw Bad(text, cause: null);

        return new(address.Host, address.Port, string.Equals(address.Scheme, "https", StringComparison.OrdinalIgnoreCase));
    }

    private static LatchkeyStartException Bad(string text, Exception? cause) =>
        new($"LATCHKEY_LISTEN has {text}: write addresses such as http://*:8000 or https://127.0.0.1:8443, with commas between.", cause!);

    private static bool HasIPv6Loopback()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
