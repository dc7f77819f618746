using Latchkey.Generation.Generations;
using Latchkey.Generation.Providers;

namespace Latchkey.Generation.Models;

/// <summary>By which provider, and how, a job is made.</summary>
internal sealed class ModelRoutes(ModelCatalogue catalogue, ProviderKeys keys)
{
    /// <summary>The ways that fit an order: the model's provider, then its fallbacks. In the sandbox there is one.</summary>
    public IReadOnlyList<CatalogueRoute> For(GenerationOrder order, MediaKind kind, bool isSandbox)
    {
        if (!isSandbox)
            return catalogue.Current.Find(order.Model)?.RoutesFor(order).ToList() ?? [];

        var stand = catalogue.Current.Find(kind == MediaKind.Image ? "sandbox-image" : "sandbox-video");
        return stand is null ? [] : [stand.Routes[0]];
    }

    /// <summary>The route that a job is on; <c>null</c> when the catalogue no longer has it.</summary>
    public CatalogueRoute? At(GenerationJob job, GenerationOrder order) =>
        For(order, job.Kind, job.IsSandbox) is var all && job.RouteIndex < all.Count ? all[job.RouteIndex] : null;

    /// <summary>The next route after a certain failure, or <c>null</c>. An order that nobody would take is not offered to others.</summary>
    public int? Next(GenerationJob job, GenerationOrder order, ProviderFailure failure)
    {
        if (failure.Kind == FailureKind.Order)
            return null;

        var all = For(order, job.Kind, job.IsSandbox);

        for (var index = job.RouteIndex + 1; index < all.Count; index++)
        {
            if (all[index].Provider != job.Provider && keys.For(all[index].Provider, job.Kind).Count > 0)
                return index;
        }

        return null;
    }
}
