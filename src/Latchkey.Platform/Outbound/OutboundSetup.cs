using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Latchkey.Platform.Outbound;

/// <summary>What the host calls for everything in this folder.</summary>
public static class OutboundSetup
{
    /// <summary>The client behind <see cref="SafeHttpClient"/>; use that one.</summary>
    internal const string SafeClient = "outbound-safe";

    /// <summary>For <see cref="IHttpClientFactory"/>: addresses that the operator configured, which may be anything.</summary>
    public const string OperatorClient = "outbound-operator";

    private const int MaxResponseHeadersKilobytes = 64;

    /// <param name="allowed">Hosts, <c>host:port</c>, addresses and networks (<c>LATCHKEY_OUTBOUND_ALLOW</c>).</param>
    public static IServiceCollection AddOutbound(this IServiceCollection services, IReadOnlyList<string> allowed)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IHostResolver, SystemHostResolver>();
        services.AddSingleton(new OutboundRules(allowed));
        services.AddSingleton<PinnedConnections>();
        services.AddSingleton<SafeHttpClient>();

        services
            .AddHttpClient(SafeClient)
            .ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler((handler, provider) => MakeSafe(handler, provider.GetRequiredService<PinnedConnections>()));

        services
            .AddHttpClient(OperatorClient)
            .UseSocketsHttpHandler((handler, _) => handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2));

        // Paths and queries of webhooks and sources are secrets of their owners.
        services.AddLogging(logging => logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning));

        return services;
    }

    private static void MakeSafe(SocketsHttpHandler handler, PinnedConnections connections)
    {
        handler.ConnectCallback = (context, cancellation) => connections.ConnectAsync(context.DnsEndPoint, cancellation);
        handler.UseProxy = false;
        handler.UseCookies = false;
        handler.AllowAutoRedirect = false;
        handler.PreAuthenticate = false;
        handler.Credentials = null;
        // A few kilobytes could unpack to gigabytes.
        handler.AutomaticDecompression = DecompressionMethods.None;
        handler.MaxResponseHeadersLength = MaxResponseHeadersKilobytes;
        handler.MaxResponseDrainSize = 0;
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(1);
        handler.ConnectTimeout = TimeSpan.FromSeconds(10);
        // Our trace ids are nobody else's business.
        handler.ActivityHeadersPropagator = null;
    }
}
