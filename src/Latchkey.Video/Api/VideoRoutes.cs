using Latchkey.Platform.ApiDocuments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Video.Api;

/// <summary>What routes of this API have in common, for its document.</summary>
internal static class VideoRoutes
{
    public static TBuilder FailsWithProblem<TBuilder>(this TBuilder routes, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder => routes.Fails(typeof(Problem), statuses);

    public static RouteHandlerBuilder ListsPages<TItem>(this RouteHandlerBuilder route, params string[] sortedBy)
    {
        if (sortedBy.Length > 0)
            route.TakesQuery(
                new RouteParameter("sortBy", "The attribute to sort by.") { Words = sortedBy },
                new RouteParameter("sortOrder", "The order.") { Words = ["asc", "desc"] }
            );

        return route
            .TakesQuery(
                new RouteParameter("currentPage", $"The page, from 1; {PageRequest.DefaultPage} when not given.") { IsInteger = true },
                new RouteParameter("pageSize", $"1 to {PageRequest.LargestSize}; {PageRequest.DefaultSize} when not given.")
                {
                    IsInteger = true,
                }
            )
            .Produces<PageResponse<TItem>>()
            .FailsWithProblem(StatusCodes.Status400BadRequest);
    }
}
