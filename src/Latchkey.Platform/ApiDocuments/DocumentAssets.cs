using System.Collections.Concurrent;
using System.IO.Compression;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Latchkey.Platform.ApiDocuments;

/// <summary>Scripts, styles and pictures of <c>/docs</c> and <c>/redoc</c>: Swagger UI and ReDoc from their packages, and our own.</summary>
internal sealed class DocumentAssets
{
    private const string Swagger = "Swashbuckle.AspNetCore.SwaggerUI.node_modules.swagger_ui_dist.";
    private const string ReDoc = "Swashbuckle.AspNetCore.ReDoc.node_modules.redoc.bundles.";

    // ReDoc shows its makers' mark from their own server. An empty picture fails at once, and is then left out.
    private const string ForeignPicture = "https://cdn.redoc.ly/redoc/logo-mini.svg";
    private const string NoPicture = "data:,";

    private readonly ConcurrentDictionary<string, Lazy<PublishedFile?>> _files = new(StringComparer.Ordinal);

    public PublishedFile? Find(string name) =>
        // Only known names get in, so that guesses do not fill the memory.
        IsKnown(name) ? _files.GetOrAdd(name, static known => new(() => PublishedFile.Of(Read(known), ContentTypeOf(known)))).Value : null;

    private static bool IsKnown(string name) =>
        name
            is "docs.js"
                or "redoc.js"
                or "pages.css"
                or "swagger-ui.css"
                or "swagger-ui-bundle.js"
                or "swagger-ui-standalone-preset.js"
                or "favicon-32x32.png"
                or "redoc.standalone.js"
                or "LICENSE"
                or "NOTICE";

    private static byte[] Read(string name) =>
        name switch
        {
            "docs.js" or "redoc.js" or "pages.css" => ReadAll(typeof(DocumentAssets).Assembly, $"documents/{name}"),
            "redoc.standalone.js" => Encoding.UTF8.GetBytes(
                Encoding
                    .UTF8.GetString(ReadPackage(ReDocAssembly(), ReDoc + name))
                    .Replace(ForeignPicture, NoPicture, StringComparison.Ordinal)
            ),
            _ => ReadPackage(SwaggerAssembly(), Swagger + name),
        };

    // Apart, so that the packages are loaded when somebody asks, and not at start.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Assembly SwaggerAssembly() => typeof(Swashbuckle.AspNetCore.SwaggerUI.SwaggerUIOptions).Assembly;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Assembly ReDocAssembly() => typeof(Swashbuckle.AspNetCore.ReDoc.ReDocOptions).Assembly;

    private static byte[] ReadPackage(Assembly assembly, string resource)
    {
        // The packages keep them compressed.
        using var zipped = new MemoryStream(ReadAll(assembly, resource));
        using var plain = new MemoryStream();
        using var unzip = new GZipStream(zipped, CompressionMode.Decompress);
        unzip.CopyTo(plain);

        return plain.ToArray();
    }

    private static byte[] ReadAll(Assembly assembly, string resource)
    {
        using var stream =
            assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{resource} is not in {assembly.GetName().Name}.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);

        return bytes.ToArray();
    }

    private static string ContentTypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".png" => "image/png",
            _ => "text/plain; charset=utf-8",
        };
}
