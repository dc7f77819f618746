using Latchkey.Generation.Data;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Owners;
using Latchkey.Generation.Problems;
using Latchkey.Generation.References;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Files;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Library;

/// <summary>The files themselves, with ranges: for their owner, or for whoever has a signed link whose time has not run out.</summary>
internal static class DownloadEndpoints
{
    private const string Cache = "private, max-age=3600";

    public static void MapDownloads(this IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("/api/generations").WithTags("Files").FailsWithError(StatusCodes.Status404NotFound);

        files
            .MapGet("/{id}/download", Download)
            .WithSummary("A file that was made: with a key, or by a signed link")
            .Produces<Stream>(contentType: "application/octet-stream")
            .MayBeSecuredBy("bearer")
            .FailsForStrangers()
            .FailsWithError(StatusCodes.Status400BadRequest);
        files
            .MapGet("/references/{jobId}/{name}", DownloadReference)
            .WithSummary("A file that came with an order, for providers, by a signed link")
            .Produces<Stream>(contentType: "application/octet-stream");
    }

    /// <param name="kind">original, poster or preview. What has no preview shows its poster, or itself when it is a picture.</param>
    private static async Task<Results<StoredFileResult, GenerationProblem>> Download(
        string id,
        HttpContext http,
        GenerationDb db,
        MediaLinks links,
        OwnerAccess access,
        OutputFiles files,
        CancellationToken cancellation,
        string kind = OutputLinks.OriginalKind,
        int output = 0,
        string? download = null,
        long? expires = null,
        string? signature = null
    )
    {
        if (kind is not (OutputLinks.OriginalKind or OutputLinks.PosterKind or OutputLinks.PreviewKind))
            return GenerationProblem.Invalid("kind must be original, preview or poster");

        if (!links.IsGood(OutputLinks.PathOf(id, output, kind), expires, signature))
        {
            var (owner, problem) = await access.FindAsync(http);

            if (owner is null)
                return problem!;

            if (!await db.Jobs.AnyAsync(job => job.Id == id && job.OwnerId == owner.Id && job.DeletedAt == null, cancellation))
                return GenerationProblem.GenerationNotFound;
        }

        var row = await db
            .Outputs.AsNoTracking()
            .Where(its => its.JobId == id && its.Index == output && db.Jobs.Any(job => job.Id == id && job.DeletedAt == null))
            .FirstOrDefaultAsync(cancellation);

        if (row is null || FileOf(row, kind) is not var (open, key, contentType))
            return GenerationProblem.GenerationNotFound;

        if (await open(files, row, cancellation) is not { } reader)
            return row.StoragePath is null ? GenerationProblem.GenerationNotFound : GenerationProblem.StorageAway;

        http.Response.Headers.XContentTypeOptions = "nosniff";

        return new StoredFileResult(reader, contentType, Cache)
        {
            DownloadName = download is "1" or "true" ? $"{id}-{output}{Path.GetExtension(key)}" : null,
        };
    }

    /// <summary>A small picture is its own preview; a clip without a poster has none.</summary>
    private static (OpenFile Open, string Key, string ContentType)? FileOf(GenerationOutput output, string kind) =>
        kind switch
        {
            OutputLinks.PreviewKind when output.PreviewKey is { } preview => (
                (files, row, cancellation) => files.OpenPreviewAsync(row, cancellation),
                preview,
                output.IsClip ? "video/mp4" : "image/webp"
            ),
            not OutputLinks.OriginalKind when output.PosterKey is { } poster => (
                (files, row, cancellation) => files.OpenPosterAsync(row, cancellation),
                poster,
                "image/jpeg"
            ),
            not OutputLinks.OriginalKind when output.IsClip => null,
            _ => ((files, row, cancellation) => files.OpenAsync(row, cancellation), output.FileKey, output.ContentType),
        };

    /// <summary>For vendors, who fetch what an order came with.</summary>
    private static async Task<Results<StoredFileResult, GenerationProblem>> DownloadReference(
        string jobId,
        string name,
        HttpContext http,
        MediaLinks links,
        IFileStore files,
        CancellationToken cancellation,
        long? expires = null,
        string? signature = null
    )
    {
        var key = ReferenceStore.FolderOf(jobId) + name;

        if (!links.IsGood(ReferenceLinks.PathOf(key), expires, signature) || await files.OpenAsync(key, cancellation) is not { } reader)
            return GenerationProblem.GenerationNotFound;

        http.Response.Headers.XContentTypeOptions = "nosniff";
        return new StoredFileResult(reader, ReferenceStore.ContentTypeOf(key), Cache);
    }

    private delegate ValueTask<IStoredFileReader?> OpenFile(OutputFiles files, GenerationOutput output, CancellationToken cancellation);
}
