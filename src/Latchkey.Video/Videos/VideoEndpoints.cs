using Latchkey.Platform.ApiDocuments;
using Latchkey.Video.Api;
using Latchkey.Video.Authentication;
using Latchkey.Video.Data;
using Latchkey.Video.Encoding;
using Latchkey.Video.Playback;
using Latchkey.Video.Uploads;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Videos;

internal static class VideoEndpoints
{
    public static void MapVideos(this RouteGroupBuilder api)
    {
        var videos = api.MapGroup("/videos").WithTags("Videos");

        videos
            .MapGet("", ListVideos)
            .WithSummary("List videos")
            .TakesQuery(
                new("title", "Part of the title."),
                new("description", "Part of the description."),
                new("tags", "Tags that the video must all have.") { IsList = true },
                new("metadata", "Metadata that the video must have.") { IsMap = true },
                new("liveStreamId", "The live stream that the video was recorded from.")
            )
            .ListsPages<VideoResponse>("title", "createdAt", "publishedAt", "updatedAt");
        videos
            .MapPost("", CreateVideo)
            .WithSummary("Make a video; its file is uploaded afterwards, or fetched from `source`")
            .TakesJson<CreateVideoBody>()
            .Produces<VideoResponse>(StatusCodes.Status201Created)
            .Produces<VideoResponse>(StatusCodes.Status202Accepted)
            .FailsWithProblem(StatusCodes.Status400BadRequest);
        videos
            .MapGet("/{videoId}", GetVideo)
            .WithSummary("Get a video")
            .Produces<VideoResponse>()
            .FailsWithProblem(StatusCodes.Status404NotFound);
        videos
            .MapPatch("/{videoId}", ChangeVideo)
            .WithSummary("Change a video")
            .TakesJson<ChangeVideoBody>()
            .Produces<VideoResponse>()
            .FailsWithProblem(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        videos.MapDelete("/{videoId}", DeleteVideo).WithSummary("Discard a video").FailsWithProblem(StatusCodes.Status404NotFound);
        videos
            .MapGet("/{videoId}/status", GetStatus)
            .WithSummary("How far the upload and the encoding of a video are")
            .Produces<VideoStatusResponse>()
            .FailsWithProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<JsonHttpResult<PageResponse<VideoResponse>>> ListVideos(
        HttpRequest request,
        VideoDb db,
        CurrentCaller caller,
        VideoWire wire,
        CancellationToken cancellation
    )
    {
        var query = new QueryReader(request.Query);
        var videos = db.VideosOf(caller.Environment).AsNoTracking().WithDetails().Filtered(query);
        var page = query.Page("/videos");
        query.ThrowIfInvalid();

        return ApiJson.Ok(await page.OfAsync(videos, video => wire.WriteAsync(video, request, cancellation), cancellation));
    }

    private static async Task<JsonHttpResult<VideoResponse>> CreateVideo(
        HttpRequest request,
        VideoCreation creation,
        CurrentCaller caller,
        VideoWire wire,
        CancellationToken cancellation
    )
    {
        var draft = VideoBody.ReadCreation(await BodyReader.ReadAsync(request, cancellation));
        var video = await creation.CreateAsync(draft, caller.Environment, cancellation);
        var answer = await wire.WriteAsync(video, request, cancellation);

        return draft.Source is null ? ApiJson.Created(answer) : ApiJson.Accepted(answer);
    }

    private static async Task<JsonHttpResult<VideoResponse>> GetVideo(
        string videoId,
        HttpRequest request,
        VideoDb db,
        CurrentCaller caller,
        VideoWire wire,
        CancellationToken cancellation
    )
    {
        var video = await db.FindVideoAsync(caller.Environment, videoId, cancellation);

        return ApiJson.Ok(await wire.WriteAsync(video, request, cancellation));
    }

    private static async Task<JsonHttpResult<VideoResponse>> ChangeVideo(
        string videoId,
        HttpRequest request,
        VideoDb db,
        CurrentCaller caller,
        VideoWire wire,
        PlaybackCatalogue playback,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var video = await db.FindVideoAsync(caller.Environment, videoId, cancellation);
        var patch = VideoBody.ReadChange(await BodyReader.ReadAsync(request, cancellation));

        video.Change(patch, time.GetUtcNow());
        await db.SaveChangesAsync(cancellation);
        playback.Forget(videoId);

        return ApiJson.Ok(await wire.WriteAsync(video, request, cancellation));
    }

    private static async Task<NoContent> DeleteVideo(
        string videoId,
        VideoDb db,
        CurrentCaller caller,
        VideoRemoval removal,
        CancellationToken cancellation
    )
    {
        var video = await db.FindVideoAsync(caller.Environment, videoId, cancellation);
        await removal.DiscardAsync(db, video, cancellation);

        return TypedResults.NoContent();
    }

    private static async Task<JsonHttpResult<VideoStatusResponse>> GetStatus(
        string videoId,
        VideoDb db,
        CurrentCaller caller,
        IEncodingStatus encoding,
        CancellationToken cancellation
    )
    {
        if (!await db.VideosOf(caller.Environment).AnyAsync(video => video.Id == videoId, cancellation))
            throw new ProblemException(Problems.ResourceNotFound("videoId"));

        var source = await db
            .Sources.AsNoTracking()
            .Include(source => source.Parts)
            .Where(source => source.VideoId == videoId)
            .OrderByDescending(source => source.CreatedAt)
            .FirstOrDefaultAsync(cancellation);

        return ApiJson.Ok(
            new VideoStatusResponse(
                source is null ? null : IngestStatusResponse.From(source),
                await encoding.GetAsync(db, videoId, cancellation)
            )
        );
    }
}
