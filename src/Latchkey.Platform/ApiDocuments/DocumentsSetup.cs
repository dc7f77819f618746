using System.Reflection;
using Latchkey.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Platform.ApiDocuments;

internal static class DocumentsSetup
{
    private static readonly ApiDocument Host = new(
        "Latchkey host",
        typeof(DocumentsSetup).Assembly.GetName().Version?.ToString(3) ?? "0",
        "What the server answers whichever modules are on: health, metrics and the keys that access tokens are signed with."
    )
    {
        Security = [new("bearer", "bearer", "An API key with scope admin.")],
    };

    public static void AddDocuments(this IServiceCollection services, LatchkeySettings settings, IReadOnlyList<IModule> modules)
    {
        var documents = modules.ToDictionary(module => module.Name, module => module.Document, StringComparer.Ordinal);
        documents.Add(PlatformSettings.Module, Host);

        var serverPath = settings[PlatformSettings.PublicUrl] is { } address ? new Uri(address).AbsolutePath : "/";

        foreach (var (name, about) in documents)
            services.AddOpenApi(name, options => DocumentTransforms.Apply(options, name, about, serverPath));

        services.AddSingleton<DocumentAssets>();
        services.AddSingleton(provider => new PublishedDocuments(documents, provider));
    }
}
