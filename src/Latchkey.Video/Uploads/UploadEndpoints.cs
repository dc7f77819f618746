using Latchkey.Video.Api;
using Latchkey.Video.Authentication;
using Latchkey.Video.Data;
using Latchkey.Video.UploadTokens;
using Latchkey.Video.Videos;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Video.Uploads;

internal static class UploadEndpoints
{
    public static void MapUploads(this RouteGroupBuilder api)
    {
        api.MapPost("/videos/{videoId}/source", Upload).CountsAsUpload();
    }

    /// <summary>Behind no API key: an upload token stands in the query.</summary>
    public static void MapTokenUploads(this RouteGroupBuilder open)
    {
        open.MapPost("/upload", UploadWithToken);
    }

    private static async Task<JsonHttpResult<VideoResponse>> Upload(
        string videoId,
        HttpRequest request,
        UploadReceiver receiver,
        CurrentCaller caller,
        VideoWire wire,
        CancellationToken cancellation
    )
    {
        var video = await receiver.ReceiveAsync(request, caller.Environment, videoId, cancellation);

        return ApiJson.Created(await wire.WriteAsync(video, request, CancellationToken.None));
    }

    private static async Task<Results<JsonHttpResult<VideoResponse>, Problem>> UploadWithToken(
        HttpContext context,
        VideoDb db,
        UploadReceiver receiver,
        RequestLimits limits,
        VideoWire wire,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (context.Request.Query["token"] is not [{ Length: > 0 } presented, ..])
            return Problems.MissingUploadToken();

        if (await db.FindValidTokenAsync(presented, time.GetUtcNow(), cancellation) is not { } token)
            return Problems.InvalidUploadToken();

        if (!limits.TryEnter(context, token.Environment, RequestKind.Upload, token.Hash))
            return Problems.TooManyRequests();

        var video = await receiver.ReceiveAsync(context.Request, token, cancellation);

        return ApiJson.Created(await wire.WriteAsync(video, context.Request, CancellationToken.None));
    }
}
