using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Cluster;
using Latchkey.Platform.Settings;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Platform;

/// <summary>One of the product's systems (Video, App, …). The class that implements this holds everything the module registers.</summary>
public interface IModule
{
    /// <summary>Lower-case name, as in <c>LATCHKEY_MODULES=video,app</c>.</summary>
    string Name { get; }

    /// <summary>How the module's API introduces itself.</summary>
    ApiDocument Document { get; }

    /// <summary>Every environment variable that the module reads.</summary>
    IReadOnlyList<Setting> Settings { get; }

    /// <summary>The path prefixes that the module owns, each with its error shape.</summary>
    IReadOnlyList<Facade> Facades(LatchkeySettings settings);

    /// <summary>The module's recurring work, run by the sweep, once in the cluster.</summary>
    IReadOnlyList<ScheduledWork> Timetable { get; }

    /// <summary>Why the module stays off although it is wanted, such as a setting without which it is nothing; <c>null</c> when it is on.</summary>
    LocalizedText? OffBecause(LatchkeySettings settings) => null;

    void AddServices(IServiceCollection services, LatchkeySettings settings);

    void MapRoutes(IEndpointRouteBuilder routes);
}
