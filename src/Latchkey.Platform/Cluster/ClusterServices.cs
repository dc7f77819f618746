using System.Net;
using Latchkey.Platform.Access;
using Latchkey.Platform.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Latchkey.Platform.Cluster;

internal static class ClusterServices
{
    private const string Name = "latchkey";

    /// <summary>The platform's own lines of the timetable.</summary>
    private static readonly ScheduledWork[] OwnWorks =
    [
        new(
            "platform.expired-tokens",
            TimeSpan.FromHours(1),
            (at, cancellation) => at.GetRequiredService<AccessTokens>().DeleteExpiredAsync(cancellation)
        ),
        .. WebhookSweep.Works,
    ];

    /// <summary>A cluster of one: the silo listens on loopback, on a port found free, and has no gateway, as all its clients are inside.</summary>
    public static void AddCluster(this IHostApplicationBuilder builder, IEnumerable<IModule> modules)
    {
        builder.Services.AddSingleton(new Timetable([.. OwnWorks, .. modules.SelectMany(module => module.Timetable)]));
        builder.Services.AddHostedService<SweepTimer>();

        builder.UseOrleans(silo =>
        {
            var port = FreePort.Find();

            silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, port));
            silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (Name, Name));
            silo.Configure<EndpointOptions>(options =>
            {
                options.AdvertisedIPAddress = IPAddress.Loopback;
                options.SiloPort = port;
                options.GatewayPort = 0;
            });
        });
    }
}
