using Latchkey.Platform.Access;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Platform.Telemetry;

internal static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder routes)
    {
        var scrape = routes.CreateApplicationBuilder().Use(RequireAdminAsync).UseOpenTelemetryPrometheusScrapingEndpoint(_ => true).Build();

        routes
            .MapGet("/metrics", scrape)
            // A plain request delegate does not appear in the document without it.
            .WithMetadata(scrape.Method)
            .WithTags("Host")
            .WithSummary("Figures for Prometheus")
            .SecuredBy("bearer")
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["text/plain"]))
            .Fails(typeof(HostProblem), StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden);
    }

    private static async Task RequireAdminAsync(HttpContext context, RequestDelegate next)
    {
        var directory = context.RequestServices.GetRequiredService<ApiKeyDirectory>();
        var secret = RequestCredentials.Find(context.Request);
        var caller = secret is null ? null : await directory.AuthenticateAsync(secret, context.RequestAborted);

        if (caller?.May(KeyScopes.Admin) == true)
        {
            // The exporter's middleware steps aside for requests that routing has given an endpoint.
            context.SetEndpoint(null);
            await next(context);
            return;
        }

        context.Response.StatusCode = caller is null ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden;

        if (caller is null)
            context.Response.Headers.WWWAuthenticate = "Bearer";
    }
}
