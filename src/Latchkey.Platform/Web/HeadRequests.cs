using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Platform.Web;

/// <summary>
/// HEAD is answered wherever GET is: routing sees a GET, the handler a HEAD again. Kestrel leaves the body out by itself.
/// </summary>
internal static class HeadRequests
{
    public static void UseRoutingForHead(this IApplicationBuilder app)
    {
        app.Use(
            (context, next) =>
            {
                if (HttpMethods.IsHead(context.Request.Method))
                {
                    context.Request.Method = HttpMethods.Get;
                    context.Features.Set(Asked);
                }

                return next(context);
            }
        );

        app.UseRouting();

        app.Use(
            (context, next) =>
            {
                if (context.Features.Get<HeadFeature>() is not null)
                    context.Request.Method = HttpMethods.Head;

                return next(context);
            }
        );
    }

    private static readonly HeadFeature Asked = new();

    private sealed class HeadFeature;
}
