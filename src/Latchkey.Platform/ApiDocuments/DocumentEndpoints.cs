using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Platform.ApiDocuments;

/// <summary>The documents of the API, and two pages that show them. Everything comes from this server.</summary>
internal static class DocumentEndpoints
{
    // Both pages put styles into the document. ReDoc searches in a worker that it makes of a blob.
    private const string OnlyFromHere =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static void MapDocuments(this IEndpointRouteBuilder routes)
    {
        var documents = routes.MapGroup("").ExcludeFromDescription();

        documents.MapGet("/openapi/{name}.json", GetDocument);
        documents.MapGet("/docs", GetSwagger);
        documents.MapGet("/redoc", GetReDoc);
        documents.MapGet("/docs/{asset}", GetAsset);
        documents.MapGet("/redoc/{asset}", GetAsset);
    }

    private static async Task<IResult> GetDocument(string name, PublishedDocuments documents) =>
        await documents.FindAsync(name) is { } document ? document : TypedResults.NotFound();

    private static IResult GetSwagger(HttpContext context, PublishedDocuments documents)
    {
        if (WithoutSlash(context) is { } elsewhere)
            return elsewhere;

        var list = documents.Documents.Select(document => new { Url = AddressOf(document.Name), Name = document.About.Title });

        return Page(
            context,
            $"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>Latchkey API</title>
              <link rel="icon" type="image/png" href="docs/favicon-32x32.png">
              <link rel="stylesheet" href="docs/swagger-ui.css">
            </head>
            <body>
              <div id="documents" data-list="{WebUtility.HtmlEncode(JsonSerializer.Serialize(list, Json))}"></div>
              <script src="docs/swagger-ui-bundle.js"></script>
              <script src="docs/swagger-ui-standalone-preset.js"></script>
              <script src="docs/docs.js"></script>
            </body>
            </html>

            """
        );
    }

    private static IResult GetReDoc(HttpContext context, PublishedDocuments documents, string? api)
    {
        if (WithoutSlash(context) is { } elsewhere)
            return elsewhere;

        var all = documents.Documents;
        var shown = all.FirstOrDefault(document => api is null || document.Name == api);

        if (shown.Name is null)
            return TypedResults.NotFound();

        return Page(
            context,
            $"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>{WebUtility.HtmlEncode(shown.About.Title)}</title>
              <link rel="icon" type="image/png" href="docs/favicon-32x32.png">
              <link rel="stylesheet" href="redoc/pages.css">
            </head>
            <body>
              <nav>{Choice(all, shown.Name)}</nav>
              <div id="document" data-address="{AddressOf(shown.Name)}"></div>
              <script src="redoc/redoc.standalone.js"></script>
              <script src="redoc/redoc.js"></script>
            </body>
            </html>

            """
        );
    }

    private static IResult GetAsset(string asset, DocumentAssets assets) => assets.Find(asset) is { } file ? file : TypedResults.NotFound();

    /// <summary>Relative, so that they also hold below a proxy's path.</summary>
    private static string AddressOf(string name) => $"openapi/{name}.json";

    private static string Choice(IReadOnlyList<(string Name, ApiDocument About)> all, string shown)
    {
        var links = new StringBuilder();

        foreach (var (name, about) in all)
            links.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"""<a href="redoc?api={name}"{(name == shown ? " aria-current=\"page\"" : "")}>{WebUtility.HtmlEncode(about.Title)}</a> """
            );

        return links.ToString().TrimEnd();
    }

    // Relative addresses would point elsewhere.
    private static IResult? WithoutSlash(HttpContext context) =>
        context.Request.Path.Value is [.. var path, '/'] ? TypedResults.Redirect($"..{path}", permanent: true) : null;

    private static IResult Page(HttpContext context, string html)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = OnlyFromHere;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";

        return PublishedFile.Of(Encoding.UTF8.GetBytes(html), "text/html; charset=utf-8");
    }
}
