using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Files;
using Latchkey.Platform.Web;
using Latchkey.Video.Api;
using Latchkey.Video.Authentication;
using Latchkey.Video.Data;
using Latchkey.Video.Playback;
using Latchkey.Video.Uploads;
using Latchkey.Video.Videos;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Thumbnails;

internal static class ThumbnailEndpoints
{
    private const long LargestPicture = 8L * 1024 * 1024;
    private const int LongestTimecode = 255;

    public static void MapThumbnails(this RouteGroupBuilder api)
    {
        var thumbnail = api.MapGroup("/videos/{videoId}/thumbnail").WithTags("Thumbnails");

        thumbnail
            .MapPost("", UploadThumbnail)
            .CountsAsUpload()
            .WithSummary("Upload a thumbnail")
            .TakesFile()
            .Produces<VideoResponse>()
            .FailsWithProblem(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        thumbnail
            .MapPatch("", PickThumbnail)
            .WithSummary("Pick a moment of the video as its thumbnail")
            .TakesJson<PickThumbnailBody>()
            .Produces<VideoResponse>()
            .FailsWithProblem(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
    }

    private static async Task<JsonHttpResult<VideoResponse>> UploadThumbnail(
        string videoId,
        HttpRequest request,
        VideoDb db,
        CurrentCaller caller,
        IFileStore files,
        UploadedPictures pictures,
        VideoWire wire,
        PlaybackCatalogue playback,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var video = await db.FindVideoAsync(caller.Environment, videoId, cancellation);

        using var scratch = files.CreateScratch("thumbnail");
        var sent = scratch.File("sent");

        try
        {
            await MultipartUpload.ReadAsync(
                request,
                new MultipartLimits(LargestPicture),
                (file, ending) => SaveAsync(file, sent, ending),
                cancellation
            );
        }
        catch (MultipartException exception) when (UploadProblems.Of(exception, LargestPicture) is { } problem)
        {
            throw new ProblemException(problem);
        }

        var picture = await pictures.ToJpegAsync(sent, scratch, cancellation);
        var key = ThumbnailFiles.NewKey(video.Id);

        await files.ReplaceAsync(picture, key, cancellation);

        var thumbnail = await FindOrAddAsync(db, video.Id, cancellation);
        var former = thumbnail.FileKey;

        thumbnail.Upload(key, time.GetUtcNow());
        video.Touch(time.GetUtcNow());
        await db.SaveChangesAsync(CancellationToken.None);
        playback.Forget(videoId);

        if (former is not null)
            await files.DeleteAsync(former, CancellationToken.None);

        return ApiJson.Ok(await wire.WriteAsync(video, request, CancellationToken.None));
    }

    private static async Task<JsonHttpResult<VideoResponse>> PickThumbnail(
        string videoId,
        HttpRequest request,
        VideoDb db,
        CurrentCaller caller,
        IFileStore files,
        VideoWire wire,
        PlaybackCatalogue playback,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var video = await db.FindVideoAsync(caller.Environment, videoId, cancellation);
        var body = await BodyReader.ReadAsync(request, cancellation);
        var timecode = body.RequiredText("timecode", LongestTimecode);
        var seconds = 0d;

        if (!string.IsNullOrWhiteSpace(timecode) && !Timecodes.TryRead(timecode, out seconds))
            body.Invalid("timecode", Timecodes.Format);

        body.ThrowIfInvalid();

        var thumbnail = await FindOrAddAsync(db, video.Id, cancellation);
        var former = thumbnail.FileKey;

        // The frame itself is made when somebody looks at it: there may be no source yet.
        thumbnail.Pick(seconds, time.GetUtcNow());
        video.Touch(time.GetUtcNow());
        await db.SaveChangesAsync(CancellationToken.None);
        playback.Forget(videoId);

        if (former is not null)
            await files.DeleteAsync(former, CancellationToken.None);

        return ApiJson.Ok(await wire.WriteAsync(video, request, CancellationToken.None));
    }

    private static async Task SaveAsync(MultipartFile file, string path, CancellationToken cancellation)
    {
        await using var target = File.Create(path);
        await file.Content.CopyToAsync(target, cancellation);
    }

    private static async Task<VideoThumbnail> FindOrAddAsync(VideoDb db, string videoId, CancellationToken cancellation)
    {
        if (await db.Thumbnails.SingleOrDefaultAsync(thumbnail => thumbnail.VideoId == videoId, cancellation) is { } known)
            return known;

        var thumbnail = VideoThumbnail.For(videoId);
        db.Thumbnails.Add(thumbnail);
        return thumbnail;
    }
}

/// <param name="Timecode">Such as 00:01:02:10: hours, minutes, seconds, frames.</param>
internal sealed record PickThumbnailBody(string Timecode);
