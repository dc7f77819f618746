using Latchkey.Platform.ApiDocuments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Problems;

internal static class ProblemRoutes
{
    /// <summary>The statuses that come with the module's error; 401 and 403 are among them wherever somebody must be known.</summary>
    public static TBuilder FailsWithError<TBuilder>(this TBuilder routes, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder => routes.Fails(typeof(GenerationProblemBody), statuses);

    public static TBuilder FailsForStrangers<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder =>
        routes.FailsWithError(StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden);
}

/// <summary>What every error has; some say more.</summary>
internal sealed record GenerationProblemBody(string Error);
