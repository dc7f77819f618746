using System.Text.Json.Serialization;
using Latchkey.Generation.Bodies;
using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Owners;
using Latchkey.Generation.Problems;
using Latchkey.Generation.Supabase;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Library;

/// <summary>What an owner has made so far.</summary>
internal static class LibraryEndpoints
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 100;

    public static void MapLibrary(this RouteGroupBuilder api)
    {
        var library = api.MapGroup("/api").WithTags("Library").FailsWithError(StatusCodes.Status400BadRequest);
        var one = library.MapGroup("/generations/{id}").FailsWithError(StatusCodes.Status404NotFound);

        library.MapGet("/library", GetLibrary).WithSummary("What was made, newest first, without what failed");
        library.MapGet("/generations", ListGenerations).WithSummary("All generations, by kind, state, model or favourites");
        library.MapGet("/generations/webhook-secret", GetWebhookSecret).WithSummary("The secret that signs webhooks to you");
        one.MapGet("", GetGeneration).WithSummary("One generation");
        one.MapPatch("", ChangeGeneration).WithSummary("Make a generation a favourite, or not").TakesJson<FavoriteRequest>();
        one.MapDelete("", DeleteGeneration).WithSummary("Cancel a generation and delete its files");
    }

    private static async Task<Results<Ok<LibraryResponse>, GenerationProblem>> GetLibrary(
        HttpContext http,
        LibraryQueries library,
        PublicUrl publicUrl,
        CancellationToken cancellation,
        string? limit = null,
        string? offset = null
    )
    {
        if (ReadPage(limit, offset, out var page) is { } problem)
            return problem;

        http.Response.Headers.CacheControl = "no-store";
        var filter = new LibraryFilter(null, LibraryQueries.AllButFailed, false, null);

        return TypedResults.Ok(
            await library.ListAsync(http.Owner(), filter, page.Limit, page.Offset, publicUrl.BaseFor(http.Request), cancellation)
        );
    }

    private static async Task<Results<Ok<LibraryResponse>, GenerationProblem>> ListGenerations(
        HttpContext http,
        LibraryQueries library,
        PublicUrl publicUrl,
        CancellationToken cancellation,
        string? limit = null,
        string? offset = null,
        string? type = null,
        string? status = null,
        string? favorites = null,
        string? model_id = null
    )
    {
        if (ReadPage(limit, offset, out var page) is { } problem)
            return problem;

        if (type is not (null or "photo" or "image" or "video"))
            return GenerationProblem.Invalid("type must be photo or video");

        var states = status is null ? null : StatesOf(status);

        if (states is { Length: 0 })
            return GenerationProblem.Invalid("status must be queued, processing, success, completed, failed or cancelled");

        http.Response.Headers.CacheControl = "no-store";
        var filter = new LibraryFilter(
            type is null ? null
                : type == "video" ? MediaKind.Video
                : MediaKind.Image,
            states,
            favorites is "true" or "1",
            model_id
        );

        return TypedResults.Ok(
            await library.ListAsync(http.Owner(), filter, page.Limit, page.Offset, publicUrl.BaseFor(http.Request), cancellation)
        );
    }

    private static Ok<WebhookSecretResponse> GetWebhookSecret(HttpContext http, JobWebhooks webhooks)
    {
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new WebhookSecretResponse(webhooks.SecretOf(http.Owner().Id)));
    }

    private static async Task<Results<Ok<LibraryItem>, GenerationProblem>> GetGeneration(
        string id,
        HttpContext http,
        JobReading reading,
        GenerationDb db,
        OutputLinks links,
        PublicUrl publicUrl,
        CancellationToken cancellation
    )
    {
        var jobs = await reading.FindAsync(http.Owner(), id, cancellation);

        if (jobs.Count == 0)
            return GenerationProblem.GenerationNotFound;

        var ids = jobs.Select(job => job.Id).ToList();
        var outputs = await db.Outputs.AsNoTracking().Where(output => ids.Contains(output.JobId)).ToListAsync(cancellation);
        var urls = await links.ForAsync(outputs, publicUrl.BaseFor(http.Request), cancellation);
        http.Response.Headers.CacheControl = "no-store";

        return TypedResults.Ok(LibraryItem.From(jobs, outputs, urls));
    }

    /// <summary>Only what its owner may decide: nothing that money or work hang on.</summary>
    private static async Task<Results<Ok<LibraryItem>, GenerationProblem>> ChangeGeneration(
        string id,
        HttpContext http,
        JobReading reading,
        GenerationDb db,
        OutputLinks links,
        SupabaseMirror mirror,
        PublicUrl publicUrl,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var (body, unreadable) = await http.Request.ReadValuesAsync(cancellation);

        if (body is null)
            return unreadable!;

        using (body)
        {
            if (!bool.TryParse(body.Text("is_favorite", "isFavorite"), out var isFavorite))
                return GenerationProblem.Invalid("is_favorite must be true or false; nothing else can be changed");

            var jobs = await reading.FindAsync(http.Owner(), id, cancellation);

            if (jobs.Count == 0)
                return GenerationProblem.GenerationNotFound;

            var groupId = jobs[0].GroupId;

            await using (var transaction = await db.Database.BeginTransactionAsync(cancellation))
            {
                await db
                    .Jobs.Where(job => job.GroupId == groupId)
                    .ExecuteUpdateAsync(job => job.SetProperty(row => row.IsFavorite, isFavorite), cancellation);
                await GenerationMirror.NoteAsync(db, groupId, time.GetUtcNow(), cancellation);
                await transaction.CommitAsync(cancellation);
            }

            mirror.Wake(groupId);
        }

        return await GetGeneration(id, http, reading, db, links, publicUrl, cancellation);
    }

    private static async Task<Results<Ok<DeletedResponse>, GenerationProblem>> DeleteGeneration(
        string id,
        HttpContext http,
        JobReading reading,
        JobDeletion deletion,
        CancellationToken cancellation
    )
    {
        var jobs = await reading.FindAsync(http.Owner(), id, cancellation);

        if (jobs.Count == 0)
            return GenerationProblem.GenerationNotFound;

        await deletion.DeleteAsync(jobs, cancellation);
        return TypedResults.Ok(new DeletedResponse(true));
    }

    private static JobState[] StatesOf(string status) =>
        status is "success" ? [JobState.Succeeded] : [.. Enum.GetValues<JobState>().Where(state => state.ForCallers() == status)];

    private static GenerationProblem? ReadPage(string? limit, string? offset, out (int Limit, int Offset) page)
    {
        page = (DefaultLimit, 0);

        if (limit is not null && (!int.TryParse(limit, out page.Limit) || page.Limit is < 1 or > MaxLimit))
            return GenerationProblem.Invalid($"limit must be a number from 1 to {MaxLimit}");

        return offset is not null && (!int.TryParse(offset, out page.Offset) || page.Offset < 0)
            ? GenerationProblem.Invalid("offset must be a number from 0")
            : null;
    }
}

internal sealed record FavoriteRequest([property: JsonPropertyName("is_favorite")] bool IsFavorite);

internal sealed record WebhookSecretResponse(string Secret);

internal sealed record DeletedResponse(bool Success);
