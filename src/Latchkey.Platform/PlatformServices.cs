using Latchkey.Platform.Access;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Backups;
using Latchkey.Platform.Cluster;
using Latchkey.Platform.Data;
using Latchkey.Platform.Files;
using Latchkey.Platform.Outbound;
using Latchkey.Platform.Settings;
using Latchkey.Platform.Telemetry;
using Latchkey.Platform.Web;
using Latchkey.Platform.Webhooks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Latchkey.Platform;

/// <summary>Everything the platform registers.</summary>
public static class PlatformServices
{
    /// <summary>All that a server needs.</summary>
    public static void AddPlatform(this IHostApplicationBuilder builder, LatchkeySettings settings, IReadOnlyList<IModule> modules)
    {
        builder.Services.AddPlatformData(settings);
        builder.Services.AddSingleton(at => new StartTime(at.GetRequiredService<LatchkeySettings>().ReadAt));

        // In the order of their start.
        builder.Services.AddHostedService<DataOwnership>();
        builder.Services.AddHostedService<Checkpoints>();
        builder.Services.AddFiles(settings[PlatformSettings.Data]!);
        builder.Services.AddOutbound(settings.List(PlatformSettings.OutboundAllow));
        builder.Services.AddWebhooks();
        builder.Services.AddAccessAtStart();
        builder.Services.AddWeb(
            modules.SelectMany(module => module.Facades(settings)),
            settings[PlatformSettings.PublicUrl],
            settings.List(PlatformSettings.TrustedProxies)
        );
        builder.Services.AddDocuments(settings, modules);
        builder.Services.AddTelemetry(settings);
        builder.AddCluster(modules);
    }

    /// <summary>The database and the keys alone, for the command line.</summary>
    public static IServiceCollection AddPlatformData(this IServiceCollection services, LatchkeySettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddData(settings);
        services.AddAccess();
        services.AddBackups();

        return services;
    }

    /// <summary>Begins what a start needs anyway and can be done beside the rest of it.</summary>
    public static void PrepareAhead(this IServiceProvider services) => services.GetRequiredService<DatabaseMigrations>().BuildModelsAhead();

    /// <summary>Makes the data usable without a server: migrates when no server has the folder, and otherwise sees that the server has.</summary>
    /// <exception cref="LatchkeyStartException">The data cannot be used.</exception>
    public static async Task PrepareDataAsync(this IServiceProvider services, CancellationToken cancellation)
    {
        var migrations = services.GetRequiredService<DatabaseMigrations>();
        using var ownership = services.GetRequiredService<DataFolder>().TryLock();

        if (ownership is null)
            await migrations.CheckAsync(cancellation);
        else
            await migrations.ApplyAsync(cancellation);
    }

    public static void MapPlatform(this IEndpointRouteBuilder routes)
    {
        var host = routes.DocumentedAs(PlatformSettings.Module);

        host.MapHealth();
        host.MapMetrics();
        host.MapJwks();

        routes.MapDocuments();
    }
}
