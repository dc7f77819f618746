using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Latchkey.Platform.Web;

/// <summary>What the host calls for everything in this folder.</summary>
public static class WebSetup
{
    /// <summary>What the platform itself answers: no module may claim it, and a module's default façade must not speak for it.</summary>
    private static readonly Facade HostRoutes = new(
        ["/healthz", "/readyz", "/metrics", "/.well-known", "/docs", "/redoc"],
        HostProblemWriter.Instance
    )
    {
        Origins = AllowedOrigins.None,
    };

    /// <summary>Tools on other pages read the documents too.</summary>
    private static readonly Facade Documents = new(["/openapi"], HostProblemWriter.Instance);

    /// <param name="facades">Of all modules that are on.</param>
    /// <param name="publicUrl"><c>LATCHKEY_PUBLIC_URL</c>.</param>
    /// <param name="trustedProxies">Addresses and networks whose forwarding headers count.</param>
    public static IServiceCollection AddWeb(
        this IServiceCollection services,
        IEnumerable<Facade> facades,
        string? publicUrl,
        IReadOnlyList<string> trustedProxies
    )
    {
        services.AddSingleton(new FacadeTable([HostRoutes, Documents, .. facades]));
        services.AddSingleton(provider => new PublicUrl(publicUrl, provider.GetRequiredService<IServer>()));

        // Bad bodies arrive at the façade as exceptions, so that it can say what is wrong with them.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);

        services.Configure<ForwardedHeadersOptions>(options =>
        {
            // Without a known proxy ASP.NET would believe everybody.
            options.ForwardedHeaders =
                trustedProxies.Count == 0
                    ? ForwardedHeaders.None
                    : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            options.ForwardLimit = null;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();

            foreach (var proxy in trustedProxies)
                options.KnownIPNetworks.Add(Network(proxy));
        });

        // It writes whole addresses, and queries hold tokens. While it logs anything at all, each request gets an activity and a log scope.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None));

        return services;
    }

    /// <summary>Comes first in the pipeline, and holds its <c>UseRouting</c>: bodies are looked at before a route is chosen.</summary>
    public static void UseFacades(this IApplicationBuilder app)
    {
        app.UseForwardedHeaders();
        app.UseMiddleware<FacadeMiddleware>();
        app.UseRoutingForHead();
    }

    /// <summary>Answers with an error in the shape of the request's façade.</summary>
    public static Task WriteProblemAsync(this HttpContext context, int status, Exception? failure = null) =>
        (context.Features.Get<Facade>()?.Problems ?? HostProblemWriter.Instance).WriteAsync(context, status, failure);

    private static System.Net.IPNetwork Network(string proxy)
    {
        if (System.Net.IPNetwork.TryParse(proxy, out var network))
            return network;

        var address = System.Net.IPAddress.Parse(proxy);
        return new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8);
    }
}
