using Latchkey.Platform.ApiDocuments;
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
    private const string RangeDescription = "Of one part: `part 2/5`, `part 2/*` or `bytes 0-1048575/3145728`.";

    private static readonly int[] UploadFailures =
    [
        StatusCodes.Status400BadRequest,
        StatusCodes.Status404NotFound,
        StatusCodes.Status413PayloadTooLarge,
        StatusCodes.Status507InsufficientStorage,
    ];

    public static void MapUploads(this RouteGroupBuilder api)
    {
        api.MapPost("/videos/{videoId}/source", Upload)
            .CountsAsUpload()
            .WithTags("Videos")
            .WithSummary("Upload a video's file, whole or in parts")
            .TakesHeader("Content-Range", RangeDescription)
            .TakesFile()
            .Produces<VideoResponse>(StatusCodes.Status201Created)
            .FailsWithProblem(UploadFailures);
    }

    /// <summary>Behind no API key: an upload token stands in the query.</summary>
    public static void MapTokenUploads(this RouteGroupBuilder open)
    {
        open.MapPost("/upload", UploadWithToken)
            .WithTags("Videos")
            .WithSummary("Upload a video's file with an upload token, whole or in parts; makes the video unless `videoId` names it")
            .TakesQuery(new RouteParameter("token", "The upload token.") { IsRequired = true })
            .TakesHeader("Content-Range", RangeDescription)
            .TakesFile(new RouteField("videoId", "The video that the file, or the further part, belongs to."))
            .Produces<VideoResponse>(StatusCodes.Status201Created)
            .FailsWithProblem([StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests, .. UploadFailures]);
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
