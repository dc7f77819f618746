using System.Globalization;
using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Library;
using Latchkey.Generation.Models;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Owners;
using Latchkey.Generation.Problems;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Files;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Generation.OpenAiApi;

/// <summary>OpenAI's interface for images and videos, on our jobs: its own client libraries work against it.</summary>
internal static class OpenAiEndpoints
{
    private const int DefaultListed = 20;
    private const int MostListed = 100;

    public static void MapOpenAi(this IEndpointRouteBuilder routes)
    {
        var api = routes
            .MapGroup("/v1")
            .AddEndpointFilter(RequireOwnerAsync)
            .WithTags("OpenAI-compatible")
            .SecuredBy("bearer")
            .Fails(
                typeof(OpenAiProblemBody),
                StatusCodes.Status400BadRequest,
                StatusCodes.Status401Unauthorized,
                StatusCodes.Status403Forbidden,
                StatusCodes.Status404NotFound,
                StatusCodes.Status429TooManyRequests
            );

        api.MapGet("/models", ListModels).WithSummary("The models, as OpenAI lists them");
        api.MapGet("/models/{id}", GetModel).WithSummary("One model");
        api.MapPost("/images/generations", MakeImages).WithSummary("Make pictures and wait for them").TakesJson<OpenAiImageRequest>();
        api.MapPost("/images/edits", EditImages)
            .WithSummary("Change a picture and wait for it")
            .TakesFile(new RouteField("prompt", "What to change."), new RouteField("model", "The model."));
        api.MapPost("/videos", CreateVideo)
            .WithSummary("Order a clip")
            .TakesFile(new RouteField("prompt", "What is to be seen."), new RouteField("model", "The model."));
        api.MapGet("/videos", ListVideos).WithSummary("Your clips, newest first, page by page");
        api.MapGet("/videos/{id}", GetVideo).WithSummary("How a clip is getting on");
        api.MapDelete("/videos/{id}", DeleteVideo).WithSummary("Delete a clip");
        api.MapGet("/videos/{id}/content", GetContent)
            .WithSummary("The clip itself, or its thumbnail")
            .Produces<Stream>(contentType: "application/octet-stream");
        api.MapPost("/videos/{id}/remix", RemixVideo).WithSummary("Not supported: always a 400").Produces<OpenAiVideo>();
    }

    private static async ValueTask<object?> RequireOwnerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var (owner, problem) = await http.RequestServices.GetRequiredService<OwnerAccess>().FindAsync(http);

        if (owner is null)
            return OpenAiProblem.From(problem!);

        http.Features.Set(owner);
        return await next(context);
    }

    private static Ok<OpenAiList<OpenAiModel>> ListModels(ModelCatalogue catalogue) =>
        TypedResults.Ok(new OpenAiList<OpenAiModel>([.. catalogue.Models.Select(model => new OpenAiModel(model.Id))]));

    private static Results<Ok<OpenAiModel>, OpenAiProblem> GetModel(string id, ModelCatalogue catalogue) =>
        catalogue.Models.FirstOrDefault(model => model.Id == id) is { } model
            ? TypedResults.Ok(new OpenAiModel(model.Id))
            : OpenAiProblem.NoModel;

    private static Task<Results<Ok<OpenAiImages>, EmptyHttpResult, OpenAiProblem>> MakeImages(
        HttpContext http,
        OpenAiOrders orders,
        AnsweredOrders answered,
        OpenAiPictures pictures,
        CancellationToken cancellation
    ) => MakeAsync("image_generation", http, orders, answered, pictures, cancellation);

    private static Task<Results<Ok<OpenAiImages>, EmptyHttpResult, OpenAiProblem>> EditImages(
        HttpContext http,
        OpenAiOrders orders,
        AnsweredOrders answered,
        OpenAiPictures pictures,
        CancellationToken cancellation
    ) => MakeAsync("image_edit", http, orders, answered, pictures, cancellation);

    private static async Task<Results<Ok<OpenAiImages>, EmptyHttpResult, OpenAiProblem>> MakeAsync(
        string name,
        HttpContext http,
        OpenAiOrders orders,
        AnsweredOrders answered,
        OpenAiPictures pictures,
        CancellationToken cancellation
    )
    {
        var (jobs, fields, problem) = await orders.CreateAsync(http, MediaKind.Image, cancellation);

        if (jobs is null)
            return problem!;

        answered.NoteWhenSent(http, jobs[0].Id);

        if (fields["stream"]?.ToString() == "true")
        {
            await pictures.StreamAsync(http, jobs[0].Id, name, cancellation);
            return TypedResults.Empty;
        }

        var wantsUrl = fields["response_format"]?.ToString() == "url";
        var (images, failure) = await pictures.AnswerAsync(http, jobs[0].Id, wantsUrl, cancellation);

        return images is null ? failure! : TypedResults.Ok(images);
    }

    private static async Task<Results<Ok<OpenAiVideo>, OpenAiProblem>> CreateVideo(
        HttpContext http,
        OpenAiOrders orders,
        AnsweredOrders answered,
        CancellationToken cancellation
    )
    {
        var (jobs, _, problem) = await orders.CreateAsync(http, MediaKind.Video, cancellation);

        if (jobs is null)
            return problem!;

        answered.NoteWhenSent(http, jobs[0].Id);
        return TypedResults.Ok(OpenAiVideo.From(jobs[0]));
    }

    private static async Task<Results<Ok<OpenAiList<OpenAiVideo>>, OpenAiProblem>> ListVideos(
        HttpContext http,
        GenerationDb db,
        CancellationToken cancellation,
        string? after = null,
        string? limit = null,
        string order = "desc"
    )
    {
        var count = DefaultListed;

        if (
            limit is not null
            && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > MostListed)
        )
            return OpenAiProblem.Bad($"limit must be a number from 1 to {MostListed}.");

        if (order is not ("asc" or "desc"))
            return OpenAiProblem.Bad("order must be asc or desc.");

        var ownerId = http.Owner().Id;
        var videos = db
            .Jobs.AsNoTracking()
            .Where(job => job.OwnerId == ownerId && job.Kind == MediaKind.Video && job.Number == 0 && job.DeletedAt == null);

        if (after is not null)
        {
            // Also of one that was deleted meanwhile: its place is still known.
            var last = await db.Jobs.AsNoTracking().FirstOrDefaultAsync(job => job.Id == after && job.OwnerId == ownerId, cancellation);

            if (last is null)
                return OpenAiProblem.NotFound("after: video");

            videos =
                order == "desc"
                    ? videos.Where(job =>
                        job.CreatedAt < last.CreatedAt || (job.CreatedAt == last.CreatedAt && job.Id.CompareTo(last.Id) < 0)
                    )
                    : videos.Where(job =>
                        job.CreatedAt > last.CreatedAt || (job.CreatedAt == last.CreatedAt && job.Id.CompareTo(last.Id) > 0)
                    );
        }

        videos =
            order == "desc"
                ? videos.OrderByDescending(job => job.CreatedAt).ThenByDescending(job => job.Id)
                : videos.OrderBy(job => job.CreatedAt).ThenBy(job => job.Id);

        var found = await videos.Take(count + 1).ToListAsync(cancellation);
        var page = found.Take(count).Select(OpenAiVideo.From).ToList();

        return TypedResults.Ok(
            new OpenAiList<OpenAiVideo>(page)
            {
                FirstId = page.Count > 0 ? page[0].Id : null,
                LastId = page.Count > 0 ? page[^1].Id : null,
                HasMore = found.Count > count,
            }
        );
    }

    private static async Task<Results<Ok<OpenAiVideo>, OpenAiProblem>> GetVideo(
        string id,
        HttpContext http,
        JobReading reading,
        CancellationToken cancellation
    ) =>
        await reading.FindAsync(http.Owner(), id, cancellation) is [{ Kind: MediaKind.Video } job, ..]
            ? TypedResults.Ok(OpenAiVideo.From(job))
            : OpenAiProblem.NotFound("Video");

    private static async Task<Results<Ok<OpenAiDeleted>, OpenAiProblem>> DeleteVideo(
        string id,
        HttpContext http,
        JobReading reading,
        JobDeletion deletion,
        CancellationToken cancellation
    )
    {
        if (await reading.FindAsync(http.Owner(), id, cancellation) is not [{ Kind: MediaKind.Video }, ..] jobs)
            return OpenAiProblem.NotFound("Video");

        await deletion.DeleteAsync(jobs, cancellation);
        return TypedResults.Ok(new OpenAiDeleted(jobs[0].Id));
    }

    private static async Task<Results<StoredFileResult, OpenAiProblem>> GetContent(
        string id,
        HttpContext http,
        JobReading reading,
        GenerationDb db,
        OutputFiles files,
        CancellationToken cancellation,
        string variant = "video"
    )
    {
        if (variant is not ("video" or "thumbnail"))
            return OpenAiProblem.Bad("variant must be video or thumbnail.");

        if (await reading.FindAsync(http.Owner(), id, cancellation) is not [{ Kind: MediaKind.Video } job, ..])
            return OpenAiProblem.NotFound("Video");

        var output = await db.Outputs.AsNoTracking().FirstOrDefaultAsync(row => row.JobId == job.Id && row.Index == 0, cancellation);

        if (output is null || (variant == "thumbnail" && output.PosterKey is null))
            return OpenAiProblem.NotFound("Content");

        var reader = variant == "video" ? await files.OpenAsync(output, cancellation) : await files.OpenPosterAsync(output, cancellation);

        if (reader is null)
            return output.StoragePath is null ? OpenAiProblem.NotFound("Content") : OpenAiProblem.From(GenerationProblem.StorageAway);

        return new StoredFileResult(reader, variant == "video" ? output.ContentType : "image/jpeg", "private, no-cache");
    }

    /// <summary>No provider here makes a new clip of an old one by its words alone.</summary>
    private static OpenAiProblem RemixVideo() =>
        OpenAiProblem.Unsupported("Remixing is not supported; order a new video with POST /v1/videos.");
}
