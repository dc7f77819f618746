using Latchkey.App.Access;
using Latchkey.App.Problems;
using Latchkey.App.VideoCreation;
using Latchkey.Platform;
using Latchkey.Platform.Cluster;
using Latchkey.Platform.Settings;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.App;

/// <summary>The backend endpoints that a mobile app needs around video.</summary>
public sealed class AppModule : IModule
{
    internal const string ModuleName = "app";

    public string Name => ModuleName;

    public IReadOnlyList<Setting> Settings => AppSettings.All;

    public IReadOnlyList<Facade> Facades { get; } = [new(["/api/video"], new AppProblemWriter()) { ReadsAllBodiesAsJson = true }];

    public IReadOnlyList<ScheduledWork> Timetable => [];

    public void AddServices(IServiceCollection services, LatchkeySettings settings)
    {
        services.AddSingleton<AnonymousLimit>();

        if (settings.IsSet(AppSettings.VideoKey))
            services.AddHostedService<EmbeddedVideoNotice>();
    }

    public void MapRoutes(IEndpointRouteBuilder routes) => routes.MapVideoCreation();
}
