using Latchkey.App.VideoCreation;
using Latchkey.Generation.Publishing;
using Latchkey.Platform;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Settings;
using Latchkey.Platform.Web;
using Latchkey.Video;
using Latchkey.Vpn;

namespace Latchkey.Wiring;

/// <summary>Puts the platform and the enabled modules together into one server.</summary>
internal static class LatchkeyHost
{
    // With what the process itself takes to end, Ctrl+C is done within five seconds.
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(4);

    /// <param name="adjust">For tests: the last word on the services, such as another clock.</param>
    public static WebApplication Build(LatchkeySettings settings, Action<IHostApplicationBuilder>? adjust = null)
    {
        var modules = Modules.Enabled(settings);
        var addresses = ListenAddress.From(settings);

        // Empty: ASP.NET reads no configuration of its own beside the catalogue of settings.
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions
            {
                ApplicationName = "latchkey",
                ContentRootPath = AppContext.BaseDirectory,
                EnvironmentName = settings.IsProduction() ? Environments.Production : Environments.Development,
            }
        );

        builder.Logging.AddLatchkeyLogging();
        builder.WebHost.UseAddresses(addresses, settings);
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = LongestStop);
        builder.AddPlatform(settings, modules);

        foreach (var module in modules)
            module.AddServices(builder.Services, settings);

        if (modules.OfType<VideoModule>().Any())
        {
            builder.Services.AddSingleton<IVideoHost, EmbeddedVideo>();
            builder.Services.AddSingleton<IVideoSink, EmbeddedVideoSink>();
        }

        adjust?.Invoke(builder);

        Listening.EnsureFree(addresses);

        var app = builder.Build();

        app.Services.PrepareAhead();
        app.UseFacades();
        app.MapPlatform();

        if (!modules.OfType<VpnModule>().Any())
            app.DocumentedAs(PlatformSettings.Module).MapHost();

        foreach (var module in modules)
            module.MapRoutes(app.DocumentedAs(module.Name));

        return app;
    }
}
