using System.Net;
using System.Net.Sockets;
using Latchkey.Platform.Data;
using Latchkey.Platform.Settings;

namespace Latchkey.Wiring;

internal static class Listening
{
    public static void UseAddresses(this IWebHostBuilder web, IReadOnlyList<ListenAddress> addresses, LatchkeySettings settings)
    {
        web.UseKestrelCore();
        web.UseKestrelHttpsConfiguration();
        web.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Each route has its own limit; Kestrel's 30 MB would cut every upload.
            kestrel.Limits.MaxRequestBodySize = null;

            var certificate = new Lazy<TlsCertificate>(() =>
                TlsCertificate.Load(
                    settings,
                    kestrel.ApplicationServices.GetRequiredService<DataFolder>(),
                    kestrel.ApplicationServices.GetRequiredService<TimeProvider>().GetUtcNow()
                )
            );

            var deadline = kestrel.ApplicationServices.StopDeadlineToken();

            foreach (var address in addresses)
                address.Apply(
                    kestrel,
                    listen =>
                    {
                        listen.UseStopDeadline(deadline);

                        if (address.IsHttps)
                            listen.UseHttps(https =>
                                (https.ServerCertificate, https.ServerCertificateChain) = (
                                    certificate.Value.Certificate,
                                    certificate.Value.Chain
                                )
                            );
                    }
                );
        });
    }

    /// <summary>Says in one line what Kestrel says in a stack trace, and before anything has started.</summary>
    public static void EnsureFree(IReadOnlyList<ListenAddress> addresses)
    {
        foreach (var address in addresses)
        foreach (var endPoint in address.EndPoints)
        {
            if (endPoint.Port != 0 && Refusal(endPoint) is { } reason)
                throw new LatchkeyStartException($"{address.Url} cannot be listened on: {reason}");
        }
    }

    private static string? Refusal(IPEndPoint endPoint)
    {
        try
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);

            if (endPoint.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;

            socket.Bind(endPoint);
            socket.Listen(1);

            return null;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    $"port {endPoint.Port} is in use by another program. Stop it, or set PORT to another number.",
                SocketError.AccessDenied => $"port {endPoint.Port} needs rights that this user lacks. Set PORT to a number from 1024 up.",
                SocketError.AddressNotAvailable => $"this machine has no address {endPoint.Address}.",
                _ => failure.Message,
            };
        }
    }
}
