using System.Security.Cryptography;
using System.Text;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Files;
using Latchkey.Platform.Web;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Storyboards;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Video.Playback;

/// <summary>Playlists, segments, the MP4 file and the pictures of a video, for anybody; a private one wants a token in the path.</summary>
internal static class PlaybackEndpoints
{
    private const string HlsType = "application/vnd.apple.mpegurl";
    private const string Mp4Type = "video/mp4";
    private const string JpegType = "image/jpeg";
    private const string WebpType = "image/webp";
    private const string VttType = "text/vtt; charset=utf-8";

    /// <summary>A name that stands for the same bytes for ever.</summary>
    private const string Immutable = "max-age=31536000, immutable";

    /// <summary>Clients that are told 202 or 503 ask again; this says when.</summary>
    private const string RetrySoon = "1";

    public static void MapPlayback(this IEndpointRouteBuilder routes)
    {
        foreach (var prefix in new[] { "/vod/{videoId}", "/vod/{videoId}/token/{token}" })
        {
            var vod = routes
                .MapGroup(prefix)
                .AddEndpointFilter<PlaybackAccess>()
                .WithTags(prefix.EndsWith("{token}", StringComparison.Ordinal) ? "Playback of private videos" : "Playback")
                .FailsInWords(StatusCodes.Status404NotFound);

            vod.MapGet("/hls/manifest.m3u8", GetMasterPlaylist).Gives(HlsType, "The HLS playlist of all qualities").MayComeLater();
            vod.MapGet("/hls/{rendition}/manifest.m3u8", GetMediaPlaylist).Gives(HlsType, "The HLS playlist of one quality").MayComeLater();
            vod.MapGet("/hls/{rendition}/v{version:int}/init.mp4", GetInit)
                .WithSmallFiles()
                .Gives(Mp4Type, "The initialization segment of one quality")
                .MayBeLate();
            vod.MapGet("/hls/{rendition}/v{version:int}/{segment:int}.m4s", GetSegment)
                .WithSmallFiles()
                .Gives(Mp4Type, "A segment of one quality")
                .MayBeLate();
            vod.MapGet("/mp4/source.mp4", GetMp4).Gives(Mp4Type, "The whole video as one MP4 file").MayComeLater();
            vod.MapGet("/thumbnail.jpg", GetThumbnail)
                .WithMetadata(new LeavesTokenUnused())
                .Gives(JpegType, "The thumbnail")
                .MayComeLater();
            vod.MapGet("/preview.webp", GetPreview)
                .WithMetadata(new LeavesTokenUnused())
                .Gives(WebpType, "A short moving preview")
                .MayComeLater();
            vod.MapGet("/storyboard.vtt", GetStoryboard)
                .Gives("text/vtt", "Which pictures show which moments, for a seek bar")
                .MayComeLater();
            vod.MapGet("/storyboard/v{version:int}/{sheet:int}.jpg", GetSheet).Gives(JpegType, "A sheet of pictures for a seek bar");
        }

        routes
            .MapGet("/vod/{videoId}/token/{token}/session", GetSession)
            .AddEndpointFilter<PlaybackAccess>()
            .WithTags("Playback of private videos")
            .WithSummary("Open a session, so that one token serves a whole playback")
            .Produces<PlaybackSessionResponse>()
            .FailsInWords(StatusCodes.Status404NotFound);
    }

    private static RouteHandlerBuilder Gives(this RouteHandlerBuilder route, string contentType, string summary) =>
        route.WithSummary(summary).Produces<Stream>(contentType: contentType);

    /// <summary>Of a video that is not playable yet there is no body, only the wish to ask again.</summary>
    private static RouteHandlerBuilder MayComeLater(this RouteHandlerBuilder route) => route.Produces(StatusCodes.Status202Accepted);

    private static RouteHandlerBuilder MayBeLate(this RouteHandlerBuilder route) =>
        route.FailsInWords(StatusCodes.Status503ServiceUnavailable);

    private static IResult GetMasterPlaylist(HttpContext http)
    {
        var video = VideoOf(http);
        return NotPlayable(http, video)
            ?? Playlist(http, video, Playlists.Master(video.Planned!.Plan, video.FailedRenditions, WithSession(http)));
    }

    private static IResult GetMediaPlaylist(string rendition, HttpContext http)
    {
        var video = VideoOf(http);

        if (NotPlayable(http, video) is { } answer)
        {
            return answer;
        }

        return IsFailed(video, rendition) ? TypedResults.NotFound()
            : Playlists.Media(video.Planned!.Plan, rendition, WithSession(http)) is { } playlist ? Playlist(http, video, playlist)
            : TypedResults.NotFound();
    }

    private static async Task<IResult> GetInit(
        string rendition,
        int version,
        HttpContext http,
        SegmentDelivery segments,
        PlannedVideos plans,
        PlaybackCatalogue catalogue,
        SmallFiles small
    )
    {
        var video = VideoOf(http);

        if (await PlanOfAsync(video, version, plans, http) is not { } planned || planned.MethodOf(rendition) is null)
        {
            return TypedResults.NotFound();
        }

        var opened = video.HasFailed(rendition, version) ? null : await segments.OpenInitAsync(planned, rendition, http.RequestAborted);
        return opened is null
            ? await NoSegment(http, video.Id, rendition, version, catalogue)
            : await Segment(http, video, rendition, version, opened, small);
    }

    private static async Task<IResult> GetSegment(
        string rendition,
        int version,
        int segment,
        HttpContext http,
        SegmentDelivery segments,
        PlannedVideos plans,
        PlaybackCatalogue catalogue,
        SmallFiles small
    )
    {
        var video = VideoOf(http);

        if (
            await PlanOfAsync(video, version, plans, http) is not { } planned
            || planned.MethodOf(rendition) is null
            || segment >= planned.Plan.SegmentCount
        )
        {
            return TypedResults.NotFound();
        }

        var opened = video.HasFailed(rendition, version)
            ? null
            : await segments.OpenSegmentAsync(planned, rendition, segment, http.RequestAborted);
        return opened is null
            ? await NoSegment(http, video.Id, rendition, version, catalogue)
            : await Segment(http, video, rendition, version, opened, small);
    }

    private static async Task<IResult> GetMp4(HttpContext http, IFileStore files)
    {
        var video = VideoOf(http);

        if (!video.Mp4Support)
        {
            return TypedResults.NotFound();
        }

        if (NotPlayable(http, video) is { } answer)
        {
            return answer;
        }

        if (await video.OpenNewestAsync(files, VideoFiles.Mp4, http.RequestAborted) is not { } file)
        {
            return IsFailed(video, EncodingRecorder.Mp4) ? TypedResults.NotFound() : Later(http);
        }

        return new StoredFileResult(file, Mp4Type, CacheControl(video, "no-cache"))
        {
            DownloadName = http.Request.Query["dl"] == "1" ? $"{video.Title}.mp4" : null,
        };
    }

    private static async Task<IResult> GetThumbnail(HttpContext http, Posters posters)
    {
        var video = VideoOf(http);
        var picture = await posters.OpenAsync(video, http.RequestAborted);

        if (picture is not null)
        {
            return new StoredFileResult(picture, JpegType, CacheControl(video, "no-cache"));
        }

        return video.Failed ? TypedResults.NotFound() : Later(http);
    }

    private static async Task<IResult> GetPreview(HttpContext http, IFileStore files)
    {
        var video = VideoOf(http);

        return await video.OpenNewestAsync(files, VideoFiles.Preview, http.RequestAborted) is { } file
            ? new StoredFileResult(file, WebpType, CacheControl(video, "no-cache"))
            : NotMade(http, video);
    }

    private static async Task<IResult> GetStoryboard(HttpContext http, IFileStore files)
    {
        var video = VideoOf(http);
        await using var file = await video.OpenNewestAsync(files, VideoFiles.StoryboardIndex, http.RequestAborted);

        return file is null
            ? NotMade(http, video)
            : Text(http, video, Storyboard.Decorate(await ReadTextAsync(file, http.RequestAborted), WithSession(http)), VttType);
    }

    private static async Task<IResult> GetSheet(int version, int sheet, HttpContext http, IFileStore files)
    {
        var video = VideoOf(http);

        return
            video.Planned is not null && await files.OpenAsync(VideoFiles.Sheet(video.Id, version, sheet), http.RequestAborted) is { } file
            ? new StoredFileResult(file, JpegType, CacheControl(video, Immutable))
            : TypedResults.NotFound();
    }

    private static async Task<IResult> GetSession(string token, HttpContext http, PlaybackSessions sessions)
    {
        http.Response.Headers.CacheControl = "no-store";

        return await sessions.TokenForAsync(VideoOf(http).Id, token, http.RequestAborted) is { } sessionToken
            ? TypedResults.Json(new PlaybackSessionResponse(sessionToken))
            : TypedResults.NotFound();
    }

    private static PlaybackVideo VideoOf(HttpContext http) =>
        http.Features.Get<PlaybackVideo>() ?? throw new InvalidOperationException("Every playback route passes PlaybackAccess.");

    /// <summary>Clients poll the playlist until it is there: 202 until then, 404 when it never will be.</summary>
    private static IResult? NotPlayable(HttpContext http, PlaybackVideo video) =>
        video.Failed ? TypedResults.NotFound()
        : video.Planned is null ? Later(http)
        : null;

    private static IResult Later(HttpContext http)
    {
        http.Response.Headers.RetryAfter = RetrySoon;
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.StatusCode(StatusCodes.Status202Accepted);
    }

    /// <summary>Who began with the segments of an older version gets them to the end.</summary>
    private static async ValueTask<PlannedVideo?> PlanOfAsync(PlaybackVideo video, int version, PlannedVideos plans, HttpContext http) =>
        video.Planned is not { } newest ? null
        : newest.Plan.Version == version ? newest
        : version >= video.OldestVersion && version < newest.Plan.Version ? await plans.FindAsync(video.Id, version, http.RequestAborted)
        : null;

    private static bool IsFailed(PlaybackVideo video, string rendition) => video.FailedRenditions.Contains(rendition);

    private static async ValueTask<IResult> Segment(
        HttpContext http,
        PlaybackVideo video,
        string rendition,
        int version,
        IStoredFileReader file,
        SmallFiles small
    )
    {
        var cacheControl = CacheControl(video, Immutable);
        await small.KeepAsync(http.Request.Path, video, rendition, version, file, Mp4Type, cacheControl, http.RequestAborted);

        return new StoredFileResult(file, Mp4Type, cacheControl);
    }

    /// <summary>Not in time, so that it is worth asking again; or never.</summary>
    private static async Task<IResult> NoSegment(
        HttpContext http,
        string videoId,
        string rendition,
        int version,
        PlaybackCatalogue catalogue
    )
    {
        // It may have been given up while this request waited for it.
        catalogue.Forget(videoId);

        if (
            await catalogue.FindAsync(videoId, http.RequestAborted) is not { Failed: false } video
            || video.Planned?.Plan.Version != version
            || IsFailed(video, rendition)
        )
        {
            return TypedResults.NotFound();
        }

        http.Response.Headers.RetryAfter = RetrySoon;
        return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>What is made beside the renditions: once these are finished, what is missing failed.</summary>
    private static IResult NotMade(HttpContext http, PlaybackVideo video) =>
        video.Failed || video.Finished ? TypedResults.NotFound() : Later(http);

    private static async Task<string> ReadTextAsync(IStoredFileReader file, CancellationToken cancellation)
    {
        var bytes = new byte[file.File.Length];

        for (var at = 0; at < bytes.Length; )
        {
            var read = await file.ReadAsync(at, bytes.AsMemory(at), cancellation);
            at += read > 0 ? read : throw new EndOfStreamException();
        }

        return System.Text.Encoding.UTF8.GetString(bytes);
    }

    private static IResult Playlist(HttpContext http, PlaybackVideo video, string playlist) => Text(http, video, playlist, HlsType);

    private static IResult Text(HttpContext http, PlaybackVideo video, string text, string contentType)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"";
        http.Response.Headers.CacheControl = CacheControl(video, "no-cache");

        return TypedResults.Bytes(bytes, contentType, entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue(etag));
    }

    private static string CacheControl(PlaybackVideo video, string directives) => (video.Public ? "public, " : "private, ") + directives;

    /// <summary>A session token that came with a playlist goes along with everything the playlist names.</summary>
    private static Func<string, string>? WithSession(HttpContext http) =>
        http.Request.Query[PlaybackSessions.QueryName].ToString() is { Length: > 0 } session
            ? uri => $"{uri}?{PlaybackSessions.QueryName}={Uri.EscapeDataString(session)}"
            : null;
}
