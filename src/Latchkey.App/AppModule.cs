using Latchkey.App.Access;
using Latchkey.App.Problems;
using Latchkey.App.VideoCreation;
using Latchkey.Platform;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Cluster;
using Latchkey.Platform.Settings;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.App;

/// <summary>The backend endpoints that a mobile app needs around video.</summary>
public sealed class AppModule : IModule
{
    /// <summary>The key of the limit on what callers without an API key create.</summary>
    internal const string AnonymousLimit = "app:anonymous";

    private const int AnonymousVideosAMinute = 10;

    public string Name => "app";

    public ApiDocument Document { get; } =
        new("App backend", "1.0.0", "The endpoints that a mobile app calls to make a video and to follow it.")
        {
            Security = [new("bearer", "bearer", "An API key with scope `app`; needed only where the server says so.")],
        };

    public IReadOnlyList<Setting> Settings => AppSettings.All;

    public IReadOnlyList<ScheduledWork> Timetable => [];

    public IReadOnlyList<Facade> Facades(LatchkeySettings settings) =>
        [new(["/api/video"], new AppProblemWriter()) { ReadsAllBodiesAsJson = true }];

    public void AddServices(IServiceCollection services, LatchkeySettings settings)
    {
        services.AddKeyedSingleton(AnonymousLimit, (_, _) => new RateLimit(AnonymousVideosAMinute, TimeSpan.FromMinutes(1)));
    }

    public void MapRoutes(IEndpointRouteBuilder routes) => routes.MapVideoCreation();
}
