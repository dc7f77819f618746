using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Library;
using Latchkey.Generation.Models;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Owners;
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
    /// <summary>OpenAI's clients give up after ten minutes.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(9);
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
        api.MapPost("/images/generations", MakeImages).WithSummary("Make pictures and wait for them").TakesJson<OpenAiImageRequest>();
        api.MapPost("/images/edits", MakeImages)
            .WithSummary("Change a picture and wait for it")
            .TakesFile(new RouteField("prompt", "What to change."), new RouteField("model", "The model."));
        api.MapPost("/videos", CreateVideo)
            .WithSummary("Order a clip")
            .TakesFile(new RouteField("prompt", "What is to be seen."), new RouteField("model", "The model."));
        api.MapGet("/videos", ListVideos).WithSummary("Your clips, newest first");
        api.MapGet("/videos/{id}", GetVideo).WithSummary("How a clip is getting on");
        api.MapDelete("/videos/{id}", DeleteVideo).WithSummary("Delete a clip");
        api.MapGet("/videos/{id}/content", GetContent)
            .WithSummary("The clip itself, or its thumbnail")
            .Produces<Stream>(contentType: "application/octet-stream");
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

    private static async Task<Results<Ok<OpenAiImages>, OpenAiProblem>> MakeImages(
        HttpContext http,
        OpenAiOrders orders,
        OrderAnswers answers,
        JobWaiting waiting,
        GenerationDb db,
        IFileStore files,
        OutputLinks links,
        PublicUrl publicUrl,
        CancellationToken cancellation
    )
    {
        var (jobs, fields, problem) = await orders.CreateAsync(http, http.Owner(), MediaKind.Image, cancellation);

        if (jobs is null)
            return problem!;

        answers.MarkWhenSent(http, jobs[0].Id);
        var ended = await waiting.WaitAsync(http.Owner(), jobs[0].Id, LongestWait, cancellation);
        var ids = ended.Select(job => job.Id).ToList();
        var outputs = await db
            .Outputs.AsNoTracking()
            .Where(output => ids.Contains(output.JobId))
            .OrderBy(output => output.JobId)
            .ThenBy(output => output.Index)
            .ToListAsync(cancellation);

        if (outputs.Count == 0)
            return OpenAiProblem.From(ended);

        var wantsUrl = fields["response_format"]?.ToString() == "url";
        var data = new List<OpenAiImage>();

        foreach (var output in outputs)
            data.Add(
                wantsUrl
                    ? new OpenAiImage(links.Original(output, publicUrl.BaseFor(http.Request)), null)
                    : new OpenAiImage(null, await Base64Async(files, output.FileKey, cancellation))
            );

        return TypedResults.Ok(new OpenAiImages(ended[0].CreatedAt.ToUnixTimeSeconds(), data));
    }

    private static async Task<Results<Ok<OpenAiVideo>, OpenAiProblem>> CreateVideo(
        HttpContext http,
        OpenAiOrders orders,
        OrderAnswers answers,
        CancellationToken cancellation
    )
    {
        var (jobs, _, problem) = await orders.CreateAsync(http, http.Owner(), MediaKind.Video, cancellation);

        if (jobs is null)
            return problem!;

        answers.MarkWhenSent(http, jobs[0].Id);
        return TypedResults.Ok(OpenAiVideo.From(jobs[0]));
    }

    private static async Task<Ok<OpenAiList<OpenAiVideo>>> ListVideos(
        HttpContext http,
        GenerationDb db,
        CancellationToken cancellation,
        int limit = 20
    )
    {
        var ownerId = http.Owner().Id;
        var jobs = await db
            .Jobs.AsNoTracking()
            .Where(job => job.OwnerId == ownerId && job.Kind == MediaKind.Video && job.Number == 0 && job.DeletedAt == null)
            .OrderByDescending(job => job.CreatedAt)
            .Take(Math.Clamp(limit, 1, MostListed))
            .ToListAsync(cancellation);

        return TypedResults.Ok(new OpenAiList<OpenAiVideo>([.. jobs.Select(OpenAiVideo.From)]));
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
        IFileStore files,
        CancellationToken cancellation,
        string variant = "video"
    )
    {
        if (variant is not ("video" or "thumbnail"))
            return OpenAiProblem.Bad("variant must be video or thumbnail.");

        if (await reading.FindAsync(http.Owner(), id, cancellation) is not [{ Kind: MediaKind.Video } job, ..])
            return OpenAiProblem.NotFound("Video");

        var output = await db.Outputs.AsNoTracking().FirstOrDefaultAsync(row => row.JobId == job.Id && row.Index == 0, cancellation);
        var key = variant == "video" ? output?.FileKey : output?.PosterKey;

        return key is not null && await files.OpenAsync(key, cancellation) is { } reader
            ? new StoredFileResult(reader, variant == "video" ? output!.ContentType : "image/jpeg", "private, no-cache")
            : OpenAiProblem.NotFound("Content");
    }

    private static async Task<string?> Base64Async(IFileStore files, string key, CancellationToken cancellation)
    {
        if (await files.OpenAsync(key, cancellation) is not { } reader)
            return null;

        await using (reader)
            return Convert.ToBase64String(await reader.ReadAllAsync(cancellation));
    }
}
