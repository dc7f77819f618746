using System.Text.Json;

namespace Latchkey.Platform.ApiDocuments;

/// <summary>What a module says of its API as a whole; the routes say the rest. It is served at <c>/openapi/{module}.json</c>.</summary>
/// <param name="Title">A few words; also the module's name in the lists of <c>/docs</c> and <c>/redoc</c>.</param>
/// <param name="Version">Of the API, not of the program.</param>
/// <param name="Description">Markdown.</param>
public sealed record ApiDocument(string Title, string Version, string Description)
{
    /// <summary>The ways to sign in, which routes name by <see cref="RouteDescriptions.SecuredBy"/>.</summary>
    public IReadOnlyList<ApiSecurity> Security { get; init; } = [];

    /// <summary>How the API writes the names of fields; as the framework does, when it is <c>null</c>.</summary>
    public JsonNamingPolicy? FieldNames { get; init; }

    /// <summary>Whether <c>/docs</c> and <c>/redoc</c> show it when nothing else was asked for.</summary>
    public bool ComesFirst { get; init; }
}

/// <param name="Name">Such as <c>bearer</c>.</param>
/// <param name="Scheme">Of the Authorization header: <c>bearer</c> or <c>basic</c>.</param>
/// <param name="Description">What to put there.</param>
public sealed record ApiSecurity(string Name, string Scheme, string Description);
