using System.Text.Json;
using Latchkey.Platform;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Cluster;
using Latchkey.Platform.Data;
using Latchkey.Platform.Settings;
using Latchkey.Platform.Web;
using Latchkey.Vpn.Access;
using Latchkey.Vpn.Api;
using Latchkey.Vpn.Batches;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Events;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Links;
using Latchkey.Vpn.Metrics;
using Latchkey.Vpn.Nodes;
using Latchkey.Vpn.Online;
using Latchkey.Vpn.QrCodes;
using Latchkey.Vpn.Subscriptions;
using Latchkey.Vpn.Telegram;
using Latchkey.Vpn.Traffic;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Vpn;

/// <summary>The Veil Xray API: VPN keys, VLESS links and traffic on a live Xray or V2Ray core.</summary>
public sealed class VpnModule : IModule
{
    internal const string Prefix = "vpn";

    /// <summary>The document's name of the one way to sign in.</summary>
    private const string Bearer = "bearer";

    // Far above what is read of a body (see KeyBody): a caller who sends too much is listened to, and so hears the answer. A server that
    // closes the connection meanwhile is a broken pipe to most clients.
    private const long LargestBody = 32 * 1024 * 1024;

    public string Name => Prefix;

    public IReadOnlyList<Setting> Settings => VpnSettings.All;

    public IReadOnlyList<ScheduledWork> Timetable => VpnTimetable.Works;

    public ApiDocument Document { get; } =
        new(
            "Veil Xray API",
            "1.3.1",
            "VPN keys, VLESS links and traffic on a live Xray or V2Ray core. Times are Unix seconds, sizes are bytes."
        )
        {
            Security = [new(Bearer, "bearer", "`API_SECRET_KEY`, or an API key of this server with scope `vpn`.")],
            FieldNames = JsonNamingPolicy.SnakeCaseLower,
            ComesFirst = true,
        };

    public IReadOnlyList<Facade> Facades(LatchkeySettings settings) =>
        [
            new(["/", "/health", "/api", "/api/keys", "/api/traffic", "/api/nodes", "/sub"], new VpnProblemWriter())
            {
                ReadsAllBodiesAsJson = true,
                WritesBareJsonContentType = true,
                MaxBodyBytes = LargestBody,
                IsDefault = true,
                Origins = AllowedOrigins.Of(settings.List(VpnSettings.Origins)),
            },
        ];

    public LocalizedText? OffBecause(LatchkeySettings settings) =>
        settings.IsSet(VpnSettings.ApiSecretKey) ? null : new("API_SECRET_KEY is not set", "не задан API_SECRET_KEY");

    public void AddServices(IServiceCollection services, LatchkeySettings settings)
    {
        services.AddModuleDb<VpnDb>(Prefix);
        services.AddSingleton(VpnNodes.From(settings));
        services.AddSingleton(CoreSchedule.From(settings));
        services.AddSingleton<NodeKinds>();
        services.AddSingleton<VpnCores>();
        services.AddSingleton<CoreChild>();
        services.AddHostedService<CoreStart>();

        services.AddSingleton<KeyReader>();
        services.AddSingleton<KeyDetails>();
        services.AddSingleton<KeyEvents>();
        services.AddScoped<KeyCreation>();
        services.AddScoped<KeyDeletion>();
        services.AddScoped<KeyList>();
        services.AddScoped<OnlineList>();
        services.AddScoped<KeyWatch>();
        services.AddScoped<DeviceLimits>();

        services.AddSingleton<KeyLinks>();
        services.AddSingleton<SubscriptionAddress>();
        services.AddSingleton<SubscriptionHeaders>();
        services.AddSingleton<SubscriptionPage>();

        services.AddSingleton<TrafficWriter>();
        services.AddScoped<TrafficReset>();
        services.AddScoped<TrafficHistory>();

        VpnMetrics.Add(services, settings);

        if (BotServices.IsWanted(settings))
        {
            services.AddSingleton<IBotKeys, ServerKeys>();
            services.AddBot(settings);
        }
    }

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapStatus();
        routes.MapSubscriptions();

        var api = routes
            .MapGroup("")
            .AddEndpointFilter<VpnAccess>()
            .SecuredBy(Bearer)
            .Fails(typeof(DetailResponse), StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized)
            .Fails(typeof(DetailResponse), StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound)
            .Fails(typeof(DetailResponse), StatusCodes.Status500InternalServerError);

        api.MapKeys();
        api.MapKeyBatches();
        api.MapOnline();
        api.MapLinks();
        api.MapQrCodes();
        api.MapKeySubscriptions();
        api.MapTraffic();
        api.MapNodes();
    }
}
