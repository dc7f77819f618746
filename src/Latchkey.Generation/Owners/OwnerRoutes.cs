using Latchkey.Generation.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Generation.Owners;

internal static class OwnerRoutes
{
    /// <summary>The owner of the request; only on routes that <see cref="RequireOwner"/> guards.</summary>
    public static Owner Owner(this HttpContext http) =>
        http.Features.Get<Owner>() ?? throw new InvalidOperationException("This route does not ask who calls.");

    public static RouteGroupBuilder RequireOwner(this RouteGroupBuilder routes)
    {
        routes.AddEndpointFilter(
            async (invocation, next) =>
            {
                var http = invocation.HttpContext;
                var (owner, problem) = await http.RequestServices.GetRequiredService<OwnerAccess>().FindAsync(http);

                if (owner is null)
                    return problem;

                http.Features.Set(owner);
                return await next(invocation);
            }
        );

        return routes;
    }

    public static RouteGroupBuilder RequireAdmin(this RouteGroupBuilder routes)
    {
        routes
            .RequireOwner()
            .AddEndpointFilter(
                async (invocation, next) => invocation.HttpContext.Owner().IsAdmin ? await next(invocation) : GenerationProblem.AdminOnly
            );

        return routes;
    }
}
