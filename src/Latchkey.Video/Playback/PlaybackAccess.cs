using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Video.Playback;

/// <summary>Lets a request through to a video that its caller may watch; to everybody else there is no such video.</summary>
internal sealed class PlaybackAccess(PlaybackCatalogue catalogue, PlaybackSessions sessions) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var route = http.Request.RouteValues;
        var video = await catalogue.FindAsync((string)route["videoId"]!, http.RequestAborted);

        if (video is null || !(video.Public || await MayWatchAsync(http, video, route["token"] as string)))
        {
            return TypedResults.NotFound();
        }

        http.Features.Set(video);
        return await next(context);
    }

    private async ValueTask<bool> MayWatchAsync(HttpContext http, PlaybackVideo video, string? token)
    {
        var opens = !HttpMethods.IsHead(http.Request.Method) && http.GetEndpoint()?.Metadata.GetMetadata<LeavesTokenUnused>() is null;
        var sessionToken = http.Request.Query[PlaybackSessions.QueryName].ToString();

        return await sessions.MayWatchAsync(video.Id, token, sessionToken, Viewer.Of(http), opens, http.RequestAborted);
    }
}

/// <summary>Marks routes that take a valid token without using it up: pictures are fetched by pages that do not play.</summary>
internal sealed class LeavesTokenUnused;
