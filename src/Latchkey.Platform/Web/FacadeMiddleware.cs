using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Latchkey.Platform.Web;

/// <summary>
/// Stands before routing: gives each request its façade, reads its body as that façade wants, and turns whatever went wrong without an
/// answer (an unknown route, a wrong method, a bad body, a crash) into the façade's own error.
/// </summary>
internal sealed partial class FacadeMiddleware(RequestDelegate next, FacadeTable facades, ILogger<FacadeMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var facade = facades.Find(context.Request.Path);

        context.Features.Set(facade);
        context.Response.OnStarting(ResponseHeaders.Fix, context);

        if (CrossOrigin.AnswerPreflight(context, facade.Origins))
            return;

        facade.Rewrite?.Invoke(context.Request);

        if (!IsMultipart(context.Request.ContentType))
            PrepareBody(context, facade);

        try
        {
            await next(context);

            if (IsUnansweredError(context.Response))
                await facade.Problems.WriteAsync(context, context.Response.StatusCode, null);
        }
        catch (Exception exception)
        {
            await AnswerFailure(context, facade, exception);
        }
    }

    private static void PrepareBody(HttpContext context, Facade facade)
    {
        if (facade.ReadsAllBodiesAsJson)
            context.Request.ContentType = "application/json";

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = facade.MaxBodyBytes;
    }

    private async Task AnswerFailure(HttpContext context, Facade facade, Exception exception)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            Log.CallerWentAway(logger, context.Request.Method, Route(context));
            return;
        }

        var status = exception switch
        {
            BadHttpRequestException bad => bad.StatusCode,
            Files.StorageFullException => StatusCodes.Status507InsufficientStorage,
            _ => StatusCodes.Status500InternalServerError,
        };

        if (status >= 500)
            Log.RequestFailed(logger, context.Request.Method, Route(context), exception);

        if (context.Response.HasStarted)
        {
            // The caller must not take half an answer for a whole one.
            context.Abort();
            return;
        }

        context.Response.Clear();

        try
        {
            await facade.Problems.WriteAsync(context, status, exception);
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            Log.RequestFailed(logger, context.Request.Method, Route(context), broken);
            context.Abort();
        }
    }

    private static bool IsUnansweredError(HttpResponse response) =>
        response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null or "" };

    private static bool IsMultipart(string? contentType) =>
        contentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The route's template: paths and queries may hold tokens.</summary>
    private static string Route(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{Method} {Route} failed.")]
        public static partial void RequestFailed(ILogger logger, string method, string route, Exception exception);

        [LoggerMessage(LogLevel.Debug, "The caller of {Method} {Route} went away.")]
        public static partial void CallerWentAway(ILogger logger, string method, string route);
    }
}
