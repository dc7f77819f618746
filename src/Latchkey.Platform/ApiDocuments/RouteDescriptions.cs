using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Platform.ApiDocuments;

/// <summary>What a route's handler does not tell by its types; beside ASP.NET's own <c>WithSummary</c>, <c>WithTags</c>, <c>Produces</c>.</summary>
/// <remarks>ASP.NET's <c>Accepts</c> would also make routing refuse other content types, which the façades decide.</remarks>
public static class RouteDescriptions
{
    /// <summary>A group for the routes of one document, and for all of them.</summary>
    public static RouteGroupBuilder DocumentedAs(this IEndpointRouteBuilder routes, string module) =>
        routes.MapGroup("").WithGroupName(module);

    /// <param name="routes">A route or a group.</param>
    /// <param name="names">Any one of these <see cref="ApiSecurity"/> opens the route.</param>
    public static TBuilder SecuredBy<TBuilder>(this TBuilder routes, params string[] names)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new RouteSecurity(names, IsOptional: false));

    /// <summary>Like <see cref="SecuredBy"/>, where callers without credentials are let in too.</summary>
    public static TBuilder MayBeSecuredBy<TBuilder>(this TBuilder routes, params string[] names)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new RouteSecurity(names, IsOptional: true));

    /// <summary>The statuses that come with the façade's error as their body.</summary>
    public static TBuilder Fails<TBuilder>(this TBuilder routes, Type error, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata([.. statuses.Select(object (status) => new ProducesResponseTypeMetadata(status, error, ["application/json"]))]);

    /// <summary>The statuses that come with their name as text.</summary>
    public static TBuilder FailsInWords<TBuilder>(this TBuilder routes, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata([
            .. statuses.Select(object (status) => new ProducesResponseTypeMetadata(status, typeof(string), ["text/plain"])),
        ]);

    /// <summary>A JSON body that the handler reads by itself.</summary>
    public static RouteHandlerBuilder TakesJson<TBody>(this RouteHandlerBuilder route, bool isRequired = true) =>
        route.WithMetadata(new RouteBody(typeof(TBody), isRequired));

    /// <summary>The same fields as JSON or as a form, where some of them may be files.</summary>
    public static RouteHandlerBuilder TakesJsonOrForm<TBody>(this RouteHandlerBuilder route) =>
        route.WithMetadata(new RouteBody(typeof(TBody), IsRequired: true) { MayBeForm = true });

    /// <summary>A <c>multipart/form-data</c> body with a file in it.</summary>
    /// <param name="route">The route.</param>
    /// <param name="fields">Text fields that may stand beside the file.</param>
    public static RouteHandlerBuilder TakesFile(this RouteHandlerBuilder route, params RouteField[] fields) =>
        route.WithMetadata(new RouteFile(fields));

    public static RouteHandlerBuilder TakesQuery(this RouteHandlerBuilder route, params RouteParameter[] parameters) =>
        route.WithMetadata([.. parameters]);

    public static RouteHandlerBuilder TakesHeader(this RouteHandlerBuilder route, string name, string description) =>
        route.WithMetadata(new RouteParameter(name, description) { IsHeader = true });
}

public sealed record RouteField(string Name, string Description);

/// <summary>A parameter that the handler reads by itself.</summary>
public sealed record RouteParameter(string Name, string Description)
{
    /// <summary>A header, where it is not of the query.</summary>
    public bool IsHeader { get; init; }

    public bool IsRequired { get; init; }

    public bool IsInteger { get; init; }

    /// <summary>May be given several times.</summary>
    public bool IsList { get; init; }

    /// <summary>Given as <c>name[key]=value</c>.</summary>
    public bool IsMap { get; init; }

    /// <summary>The only values that there are.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
}

internal sealed record RouteSecurity(IReadOnlyList<string> Names, bool IsOptional);

internal sealed record RouteBody(Type Type, bool IsRequired)
{
    public bool MayBeForm { get; init; }
}

internal sealed record RouteFile(IReadOnlyList<RouteField> Fields);
