using Latchkey.Platform.Web;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Latchkey.Platform.ApiDocuments;

/// <summary>The documents of all modules that are on, each generated when somebody first asks for it.</summary>
internal sealed class PublishedDocuments
{
    private readonly Dictionary<string, Lazy<Task<PublishedFile>>> _files;

    /// <param name="documents">By their module's name.</param>
    /// <param name="services">Hold a generator for each name.</param>
    public PublishedDocuments(IReadOnlyDictionary<string, ApiDocument> documents, IServiceProvider services)
    {
        Documents =
        [
            .. documents.Select(document => (document.Key, document.Value)).OrderByDescending(document => document.Value.ComesFirst),
        ];
        _files = documents.Keys.ToDictionary(
            name => name,
            name => new Lazy<Task<PublishedFile>>(() => GenerateAsync(services, name)),
            StringComparer.Ordinal
        );
    }

    /// <summary>In the order in which they are offered.</summary>
    public IReadOnlyList<(string Name, ApiDocument About)> Documents { get; }

    /// <returns><c>null</c> when no module of this name is on.</returns>
    public async Task<PublishedFile?> FindAsync(string name) => _files.TryGetValue(name, out var file) ? await file.Value : null;

    private static async Task<PublishedFile> GenerateAsync(IServiceProvider services, string name)
    {
        await using var scope = services.CreateAsyncScope();
        var generator = scope.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(name);
        // The answer is kept for everybody, so that the first caller's leaving must not end it.
        var document = await generator.GetOpenApiDocumentAsync(CancellationToken.None);

        using var bytes = new MemoryStream();
        await document.SerializeAsJsonAsync(bytes, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);

        return PublishedFile.Of(bytes.ToArray(), "application/json");
    }
}
