using Latchkey.Generation.Bodies;
using Latchkey.Generation.Callbacks;
using Latchkey.Generation.Data;
using Latchkey.Generation.FalApi;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Ledger;
using Latchkey.Generation.Library;
using Latchkey.Generation.Models;
using Latchkey.Generation.OpenAiApi;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Owners;
using Latchkey.Generation.Problems;
using Latchkey.Generation.Providers;
using Latchkey.Generation.Providers.Fal;
using Latchkey.Generation.Providers.Kie;
using Latchkey.Generation.Providers.LaoZhang;
using Latchkey.Generation.Providers.OpenAi;
using Latchkey.Generation.Providers.Sandbox;
using Latchkey.Generation.Publishing;
using Latchkey.Generation.References;
using Latchkey.Generation.Supabase;
using Latchkey.Generation.Usage;
using Latchkey.Platform;
using Latchkey.Platform.Access;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Cluster;
using Latchkey.Platform.Data;
using Latchkey.Platform.Settings;
using Latchkey.Platform.Web;
using Latchkey.Platform.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Generation;

/// <summary>A gateway that makes pictures and clips with other people's models, as durable jobs.</summary>
public sealed class GenerationModule : IModule
{
    internal const string Prefix = "generation";

    private const int MaxCallbackBytes = 1024 * 1024;

    public string Name => Prefix;

    public IReadOnlyList<Setting> Settings => [.. GenerationSettings.All, .. SupabaseSettings.All];

    public ApiDocument Document { get; } =
        new("Generation", "1.0.0", "Photos and videos by other people's models, as durable jobs.")
        {
            Security =
            [
                new("bearer", "bearer", "An API key with scope `generation`, or the access token of a Supabase user."),
                new("admin", "bearer", "An API key with scope `admin`."),
            ],
        };

    public IReadOnlyList<Facade> Facades(LatchkeySettings settings) =>
        [
            new(
                [
                    "/api/generate",
                    "/api/generations",
                    "/api/jobs",
                    "/api/models",
                    "/api/library",
                    "/api/usage",
                    "/api/budget",
                    "/api/budgets",
                ],
                new GenerationProblemWriter()
            )
            {
                ReadsAllBodiesAsJson = true,
                MaxBodyBytes = BodyReader.MostJson,
            },
            // Anybody may call there, so they may not send much.
            new(["/api/webhooks"], new GenerationProblemWriter()) { ReadsAllBodiesAsJson = true, MaxBodyBytes = MaxCallbackBytes },
            new(["/fal"], new FalProblemWriter())
            {
                ReadsAllBodiesAsJson = true,
                MaxBodyBytes = BodyReader.MostJson,
                Rewrite = FalProxy.Rewrite,
            },
            new(["/v1"], new OpenAiProblemWriter()) { ReadsAllBodiesAsJson = true, MaxBodyBytes = BodyReader.MostJson },
        ];

    public IReadOnlyList<ScheduledWork> Timetable => GenerationTimetable.Works;

    public void AddServices(IServiceCollection services, LatchkeySettings settings)
    {
        services.AddBudgets();
        services.AddSingleton<GroupedWrites>();
        services.AddSingleton<ModuleSecrets>();
        services.AddHostedService(at => at.GetRequiredService<ModuleSecrets>());
        services.AddSingleton<OwnerAccess>();

        AddModels(services);
        AddProviders(services);
        AddJobs(services);
        AddSupabase(services);

        services.AddSingleton<LibraryQueries>();
        services.AddSingleton<JobDeletion>();
        services.AddSingleton<OpenAiOrders>();
        services.AddSingleton<OpenAiPictures>();
        services.AddSingleton<FalOrders>();
        services.AddSingleton<FalResults>();
        services.AddSingleton<FalWebhookKey>();
        services.AddSingleton<IPublishedKeys>(at => at.GetRequiredService<FalWebhookKey>());
    }

    private static void AddModels(IServiceCollection services)
    {
        services.AddSingleton<ModelRoutes>();
    }

    private static void AddProviders(IServiceCollection services)
    {
        services
            .AddHttpClient(ProviderHttp.Client)
            .ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler(
                (handler, _) =>
                {
                    handler.AllowAutoRedirect = false;
                    handler.UseCookies = false;
                    handler.ConnectTimeout = TimeSpan.FromSeconds(10);
                    handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
                    handler.ActivityHeadersPropagator = null;
                }
            );

        services.AddSingleton<ProviderHttp>();
        services.AddSingleton<ProviderKeys>();
        services.AddSingleton(at => new ProviderLanes(
            at.GetRequiredService<ModelCatalogue>(),
            jobId => _ = at.GetRequiredService<IGrainFactory>().GetGrain<IGenerationJobGrain>(jobId).TryNowAsync()
        ));
        services.AddSingleton<ProviderDirectory>();
        services.AddSingleton<CallbackAddresses>();

        services.AddSingleton<IProvider, KieProvider>();
        services.AddSingleton<KieUploads>();
        services.AddSingleton<KieSignature>();
        services.AddSingleton<IProvider, LaoZhangProvider>();
        services.AddSingleton<LaoZhangPayload>();
        services.AddSingleton<IProvider, FalProvider>();
        services.AddSingleton<FalUploads>();
        services.AddSingleton<FalCallback>();
        services.AddSingleton<IProvider, OpenAiProvider>();
        services.AddSingleton<OpenAiPayload>();
        services.AddSingleton<InlineOutputs>();
        services.AddSingleton<IProvider, SandboxProvider>();
        services.AddSingleton<SandboxRendering>();
    }

    private static void AddJobs(IServiceCollection services)
    {
        services.AddSingleton<BodyReader>();
        services.AddSingleton<OrderReader>();
        services.AddSingleton<ExtendedSource>();
        services.AddSingleton<OrderTurns>();
        services.AddSingleton<OrderAnswers>();
        services.AddSingleton<AnsweredOrders>();
        services.AddHostedService(at => at.GetRequiredService<AnsweredOrders>());
        services.AddSingleton<FirstCredits>();
        services.AddSingleton<JobPlaces>();
        services.AddSingleton<JobCreation>();
        services.AddSingleton<OrderIntake>();
        services.AddSingleton<JobReading>();
        services.AddSingleton<JobChanges>();
        services.AddSingleton<JobRecorder>();
        services.AddSingleton<JobEnding>();
        services.AddSingleton<JobWebhooks>();
        services.AddSingleton<IWebhookHeaders>(at => at.GetRequiredService<JobWebhooks>());
        services.AddSingleton<JobSubmission>();
        services.AddSingleton<JobWatch>();
        services.AddSingleton<JobStoring>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<DueJobs>();
        services.AddHostedService<JobReclaim>();
        services.AddSingleton<UsageMeter>();
        services.AddSingleton<JobWaiting>();
        services.AddSingleton<VideoPublishing>();

        services.AddSingleton<MediaTools>();
        services.AddSingleton<MediaLinks>();
        services.AddSingleton<OutputLinks>();
        services.AddSingleton<OutputStore>();
        services.AddSingleton<PreviewMaking>();
        services.AddSingleton<UploadStore>();
        services.AddSingleton<OutputFiles>();
        services.AddSingleton<ReferenceStore>();
        services.AddSingleton<ReferenceLinks>();
    }

    private static void AddSupabase(IServiceCollection services)
    {
        services.AddSingleton<SupabaseProject>();
        services.AddSingleton<SupabaseKeys>();
        services.AddSingleton<SupabaseUsers>();
        services.AddSingleton<SupabaseStorage>();
        services.AddSingleton<SupabaseRows>();
        services.AddSingleton<SupabaseMirror>();
        services.AddHostedService(at => at.GetRequiredService<SupabaseMirror>());
        services.AddSingleton<MirrorPass>();
    }

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").RequireOwner().SecuredBy("bearer").FailsForStrangers();

        api.MapGenerate();
        api.MapJobs();
        api.MapLibrary();
        api.MapModels();
        api.MapUsage();
        routes.MapGroup("").RequireAdmin().SecuredBy("admin").FailsForStrangers().MapBudgets();

        routes.MapDownloads();
        routes.MapOpenAi();
        routes.MapFal();
        routes.MapCallbacks();
    }
}
