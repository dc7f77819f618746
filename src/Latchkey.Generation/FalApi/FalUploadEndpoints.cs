using System.Globalization;
using Latchkey.Generation.Bodies;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.References;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Generation.FalApi;

/// <summary>fal.ai's storage: a place is asked for, the file is put there, and its address goes into an order.</summary>
internal static class FalUploadEndpoints
{
    private const string Cache = "public, max-age=86400";

    private static readonly TimeSpan PlaceLifetime = TimeSpan.FromHours(1);

    private static readonly FalProblem BadAddress = new(
        StatusCodes.Status403Forbidden,
        "This address is not, or no longer, good for an upload"
    );

    private static readonly FalProblem NoMedia = FalProblem.Invalid("Only pictures, clips and sounds can be uploaded", "unsupported_file");

    /// <param name="owned">Routes that know their owner.</param>
    public static void MapFalUploads(this RouteGroupBuilder owned)
    {
        owned
            .MapPost("/storage/upload/initiate", Initiate)
            .WithSummary("A place for a file: where to put it, and its address afterwards")
            .TakesJson<FalUploadRequest>();
        owned
            .MapPost("/storage/upload/initiate-multipart", Initiate)
            .WithSummary("The same for a file that comes in parts of 10 MB")
            .TakesJson<FalUploadRequest>();
    }

    /// <param name="open">Routes whose addresses are themselves the permission.</param>
    public static void MapFalFiles(this RouteGroupBuilder open)
    {
        open.MapPut("/storage/files/{id}", PutFile).WithSummary("Put a file in its place, by the signed address");
        open.MapPut("/storage/files/{id}/{part:int}", PutPart).WithSummary("Put a part of a file in its place, by the signed address");
        open.MapPost("/storage/files/{id}/complete", Complete)
            .WithSummary("Make a file of its parts, by the signed address")
            .TakesJson<FalParts>();
        open.MapGet("/files/{id}/{name}", GetFile)
            .WithSummary("An uploaded file")
            .Produces<Stream>(contentType: "application/octet-stream");
    }

    private static async Task<Results<Ok<FalUpload>, FalProblem>> Initiate(
        HttpContext http,
        UploadStore uploads,
        MediaLinks links,
        PublicUrl publicUrl,
        CancellationToken cancellation
    )
    {
        var (body, unreadable) = await http.Request.ReadValuesAsync(cancellation);

        if (body is null)
            return FalProblem.From(unreadable!);

        using (body)
        {
            var (id, baseUrl) = (uploads.NewId(), publicUrl.BaseFor(http.Request));

            return TypedResults.Ok(
                new FalUpload(links.Sign(baseUrl, PlaceOf(id), PlaceLifetime), baseUrl + UploadStore.PathOf(id, body.Text("file_name")))
            );
        }
    }

    private static async Task<Results<NoContent, FalProblem>> PutFile(
        string id,
        HttpContext http,
        UploadStore uploads,
        MediaLinks links,
        CancellationToken cancellation,
        long? expires = null,
        string? signature = null
    )
    {
        if (!links.IsGood(PlaceOf(id), expires, signature))
            return BadAddress;

        AllowBytes(http, UploadStore.MaxBytes);

        return await uploads.KeepAsync(id, http.Request.Body, cancellation) ? TypedResults.NoContent() : NoMedia;
    }

    private static async Task<Results<Ok<FalPart>, FalProblem>> PutPart(
        string id,
        int part,
        HttpContext http,
        UploadStore uploads,
        MediaLinks links,
        CancellationToken cancellation,
        long? expires = null,
        string? signature = null
    )
    {
        if (!links.IsGood(PlaceOf(id), expires, signature) || part is < 1 or > UploadStore.MostParts)
            return BadAddress;

        AllowBytes(http, UploadStore.PartBytes);

        return await uploads.KeepPartAsync(id, part, http.Request.Body, cancellation) is { } size
            ? TypedResults.Ok(new FalPart(part, size.ToString(CultureInfo.InvariantCulture)))
            : FalProblem.NotFound;
    }

    private static async Task<Results<NoContent, FalProblem>> Complete(
        string id,
        HttpContext http,
        UploadStore uploads,
        MediaLinks links,
        CancellationToken cancellation,
        long? expires = null,
        string? signature = null
    )
    {
        if (!links.IsGood(PlaceOf(id), expires, signature))
            return BadAddress;

        return await FalParts.LengthAsync(http.Request, cancellation) is not { } length
                ? FalProblem.Invalid("parts must be all parts in their order, each but the last of 10 MB")
            : await uploads.JoinAsync(id, length, cancellation) ? TypedResults.NoContent()
            : NoMedia;
    }

    private static async Task<Results<StoredFileResult, FalProblem>> GetFile(
        string id,
        string name,
        HttpContext http,
        UploadStore uploads,
        CancellationToken cancellation
    )
    {
        if (await uploads.OpenAsync(id, cancellation) is not { } reader)
            return FalProblem.NotFound;

        var head = new byte[MediaFormat.HeadLength];
        var read = await reader.ReadAsync(0, head, cancellation);
        var type = MediaFormat.Of(head.AsSpan(0, read))?.ContentType ?? "application/octet-stream";
        http.Response.Headers.XContentTypeOptions = "nosniff";

        return new StoredFileResult(reader, type, Cache);
    }

    private static void AllowBytes(HttpContext http, long bytes)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = bytes;
    }

    private static string PlaceOf(string id) => "/fal/storage/files/" + id;
}
