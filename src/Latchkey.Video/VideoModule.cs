using Latchkey.Platform;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Cluster;
using Latchkey.Platform.Data;
using Latchkey.Platform.Settings;
using Latchkey.Platform.Web;
using Latchkey.Video.Api;
using Latchkey.Video.Authentication;
using Latchkey.Video.Data;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Early;
using Latchkey.Video.Encoding.Index;
using Latchkey.Video.Encoding.Storyboards;
using Latchkey.Video.Ffmpeg;
using Latchkey.Video.Playback;
using Latchkey.Video.Storage;
using Latchkey.Video.Tags;
using Latchkey.Video.Thumbnails;
using Latchkey.Video.Uploads;
using Latchkey.Video.UploadTokens;
using Latchkey.Video.Videos;
using Latchkey.Video.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Video;

/// <summary>A video platform that speaks api.video's API.</summary>
public sealed class VideoModule : IModule
{
    internal const string Prefix = "video";

    public string Name => Prefix;

    public ApiDocument Document { get; } =
        new(
            "Video",
            "1.0.0",
            "Videos: upload, encoding, playback, thumbnails, webhooks. The API of api.video, whose client libraries work with it as they are."
        )
        {
            Security =
            [
                new("basic", "basic", "An API key as the user name, and no password."),
                new("bearer", "bearer", "An access token of `POST /auth/api-key`, or an API key itself."),
            ],
        };

    public IReadOnlyList<Setting> Settings => VideoSettings.All;

    public IReadOnlyList<ScheduledWork> Timetable => VideoTimetable.Works;

    public IReadOnlyList<Facade> Facades(LatchkeySettings settings) =>
        [
            new Facade(
                [
                    "/auth",
                    "/videos",
                    "/upload",
                    "/upload-tokens",
                    "/live-streams",
                    "/players",
                    "/watermarks",
                    "/tags",
                    "/discarded",
                    "/webhooks",
                    "/account",
                    "/analytics",
                    "/data",
                    "/summaries",
                    "/admin",
                ],
                new ApiProblemWriter()
            )
            {
                ReadsAllBodiesAsJson = true,
                WritesBareJsonContentType = true,
                IsDefault = true,
            },
            new Facade(["/vod", "/embed"], new PlainProblems()),
        ];

    public void AddServices(IServiceCollection services, LatchkeySettings settings)
    {
        services.AddModuleDb<VideoDb>(Prefix);

        AddApi(services);
        AddEncoding(services, settings);
        AddPlayback(services);
    }

    private static void AddApi(IServiceCollection services)
    {
        services.AddSingleton<RequestLimits>();
        services.AddScoped<CurrentCaller>();

        services.AddSingleton<VideoWire>();
        services.AddSingleton<VideoRemoval>();
        services.AddScoped<VideoCreation>();
        services.AddSingleton<IVideoCatalogue, VideoCatalogue>();

        services.AddSingleton<StorageRoom>();
        services.AddSingleton<OpenUploads>();
        services.AddSingleton<TokenTurns>();
        services.AddSingleton<SourceCompletion>();
        services.AddSingleton<ISourceImports, SourceImports>();
        services.AddScoped<UploadTargets>();
        services.AddScoped<UploadRecorder>();
        services.AddScoped<UploadReceiver>();
        services.AddScoped<UploadSweep>();

        services.AddSingleton<UploadedPictures>();
        services.AddSingleton<VideoWebhooks>();
    }

    private static void AddEncoding(IServiceCollection services, LatchkeySettings settings)
    {
        var encoding = EncodingOptions.From(settings);
        services.AddSingleton(encoding);
        services.AddSingleton(
            new FfmpegOptions
            {
                Threads = encoding.Threads(Environment.ProcessorCount),
                UrgentThreads = EncodingOptions.UrgentThreads(Environment.ProcessorCount),
            }
        );
        services.AddSingleton<FfmpegRunner>();
        services.AddSingleton<Pictures>();
        services.AddSingleton<SourceIndexer>();
        services.AddSingleton<EarlyIndex>();
        services.AddSingleton<SegmentMaker>();
        services.AddSingleton<Mp4Maker>();
        services.AddSingleton<SheetMaker>();
        services.AddSingleton<Previews>();

        services.AddSingleton<SourcePlanner>();
        services.AddSingleton<EncodingLoader>();
        services.AddSingleton<EarlyIndex>();
        services.AddSingleton<EarlyFiles>();
        services.AddSingleton<EarlyEncoding>();
        services.AddSingleton<OldPlans>();
        services.AddSingleton<OldVersions>();
        services.AddSingleton<PlannedVideos>();
        services.AddSingleton<LateFiles>();
        services.AddSingleton<InitSegments>();
        services.AddSingleton<EncodingRecorder>();
        services.AddSingleton<EncodeRunner>();
        services.AddSingleton<SegmentDelivery>();
        services.AddSingleton<IEncodingStarter, EncodingStarter>();
        services.AddSingleton<IEncodingStatus, EncodingStatus>();
        services.AddHostedService<EncodingWorker>();
    }

    private static void AddPlayback(IServiceCollection services)
    {
        services.AddSingleton<PlaybackTokens>();
        services.AddSingleton<PlaybackSessions>();
        services.AddSingleton<PlaybackCatalogue>();
        services.AddSingleton<SmallFiles>();
        services.AddSingleton<PlayerAssets>();
        services.AddSingleton<Posters>();
    }

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("").AnswerProblems();
        var api = routes.MapGroup("").AnswerProblems().RequireApiKey();

        open.MapAuthentication();
        open.MapTokenUploads();

        api.MapVideos();
        api.MapTags();
        api.MapUploads();
        api.MapUploadTokens();
        api.MapThumbnails();
        api.MapWebhooks();

        routes.MapPlayback();
        routes.MapEmbed();
    }
}
