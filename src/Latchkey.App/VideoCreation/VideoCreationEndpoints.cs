using Latchkey.App.Access;
using Latchkey.App.Problems;
using Latchkey.Platform.Access;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Settings;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.App.VideoCreation;

internal static class VideoCreationEndpoints
{
    /// <summary>Room for the longest title, description and tags; the file itself never comes this way.</summary>
    private const int BodyLimit = 256 * 1024;

    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    public static void MapVideoCreation(this IEndpointRouteBuilder routes)
    {
        var videos = routes
            .MapGroup("/api/video")
            .AddEndpointFilter<AppAccess>()
            .WithTags("Videos")
            .MayBeSecuredBy("bearer")
            .Fails(
                typeof(AppProblemBody),
                StatusCodes.Status401Unauthorized,
                StatusCodes.Status403Forbidden,
                StatusCodes.Status500InternalServerError
            );

        videos
            .MapPost("/create", CreateVideo)
            .WithMetadata(new RequestSizeLimitAttribute(BodyLimit))
            .WithSummary("Make a video, and get a token and an address to upload its file to")
            .TakesJson<CreateVideoRequest>(isRequired: false)
            .Fails(
                typeof(AppProblemBody),
                StatusCodes.Status400BadRequest,
                StatusCodes.Status413PayloadTooLarge,
                StatusCodes.Status429TooManyRequests
            );

        videos
            .MapGet("/{videoId}/status", GetVideoStatus)
            .WithSummary("How far a video is, and where it plays")
            .Fails(typeof(AppProblemBody), StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<CreatedVideoResponse>, AppProblem>> CreateVideo(
        HttpContext context,
        [FromServices] IVideoHost? host,
        [FromKeyedServices(AppModule.AnonymousLimit)] RateLimit limit,
        LatchkeySettings settings,
        PublicUrl publicUrl,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (host is null || AppSettings.WantsUpstream(settings))
            return AppProblem.NotConfigured(settings);

        var caller = context.Features.Get<Caller>();
        if (caller is null && !limit.TryEnter(context))
            return AppProblem.TooManyRequests;

        var (request, problem) = await JsonBody.ReadAsync<CreateVideoRequest>(context.Request, cancellation);
        problem ??= request!.FindProblem();
        if (problem is not null)
            return problem;

        var prepared = await host.PrepareUploadAsync(
            new NewVideo(
                request!.TitleOr(time.GetUtcNow()),
                request.Description,
                request.DistinctTags(),
                caller?.Environment ?? KeyEnvironment.Production,
                publicUrl.BaseFor(context.Request),
                TokenLifetime,
                caller is null ? settings.Long(AppSettings.AnonymousUploadLimit) : null
            ),
            cancellation
        );

        return TypedResults.Ok(CreatedVideoResponse.From(prepared));
    }

    private static async Task<Results<Ok<VideoStatusResponse>, AppProblem>> GetVideoStatus(
        string videoId,
        HttpRequest request,
        [FromServices] IVideoHost? host,
        LatchkeySettings settings,
        PublicUrl publicUrl,
        CancellationToken cancellation
    )
    {
        if (host is null || AppSettings.WantsUpstream(settings))
            return AppProblem.NotConfigured(settings);

        return await host.FindAsync(videoId, publicUrl.BaseFor(request), cancellation) is { } video
            ? TypedResults.Ok(VideoStatusResponse.From(video))
            : AppProblem.VideoNotFound;
    }
}

/// <param name="Assets">Beyond the guide, whose clients build these addresses themselves.</param>
internal sealed record CreatedVideoResponse(bool Success, string VideoId, string UploadToken, string UploadUrl, VideoAssets Assets)
{
    public static CreatedVideoResponse From(PreparedUpload prepared) =>
        new(true, prepared.VideoId, prepared.UploadToken, prepared.UploadUrl, VideoAssets.From(prepared.Addresses));
}

internal sealed record VideoAssets(string Hls, string? Mp4, string Thumbnail, string Player, string Iframe)
{
    public static VideoAssets From(VideoAddresses addresses) =>
        new(addresses.Hls, addresses.Mp4, addresses.Thumbnail, addresses.Player, addresses.Iframe);
}

internal sealed record VideoStatusResponse(
    bool Success,
    string VideoId,
    string Status,
    string PlayerUrl,
    string ThumbnailUrl,
    string HlsUrl,
    string? Mp4Url
)
{
    public static VideoStatusResponse From(HostedVideo video) =>
        new(
            true,
            video.VideoId,
            video.Stage.ToString().ToLowerInvariant(),
            video.Addresses.Player,
            video.Addresses.Thumbnail,
            video.Addresses.Hls,
            video.Addresses.Mp4
        );
}
