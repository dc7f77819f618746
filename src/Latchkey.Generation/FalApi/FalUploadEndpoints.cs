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

    /// <param name="owned">Routes that know their owner.</param>
    public static void MapFalUploads(this RouteGroupBuilder owned)
    {
        owned
            .MapPost("/storage/upload/initiate", Initiate)
            .WithSummary("A place for a file: where to put it, and its address afterwards")
            .TakesJson<FalUploadRequest>();
        owned.MapPost("/storage/upload/initiate-multipart", RefuseParts).WithSummary("Not supported: files of more than 90 MB in parts");
    }

    /// <param name="open">Routes whose addresses are themselves the permission.</param>
    public static void MapFalFiles(this RouteGroupBuilder open)
    {
        open.MapPut("/storage/files/{id}", PutFile).WithSummary("Put a file in its place, by the signed address");
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

    private static FalProblem RefuseParts() =>
        new(StatusCodes.Status413PayloadTooLarge, "Files of more than 90 MB cannot be uploaded in parts");

    private static async Task<Results<Ok, FalProblem>> PutFile(
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
            return new FalProblem(StatusCodes.Status403Forbidden, "This address is not, or no longer, good for an upload");

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = UploadStore.MaxBytes;

        return await uploads.KeepAsync(id, http.Request.Body, cancellation)
            ? TypedResults.Ok()
            : FalProblem.Invalid("Only pictures, clips and sounds can be uploaded", "unsupported_file");
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

    private static string PlaceOf(string id) => "/fal/storage/files/" + id;
}
