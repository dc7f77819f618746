using Latchkey.Generation.Generations;
using Latchkey.Generation.Problems;
using Latchkey.Generation.Providers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Generation.Models;

/// <summary>What there is to order.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this RouteGroupBuilder api)
    {
        var models = api.MapGroup("/api/models").WithTags("Models");

        models.MapGet("", ListModels).WithSummary("The models that can be ordered");
        models
            .MapGet("/{id}/capabilities", GetCapabilities)
            .WithSummary("What a model can do")
            .FailsWithError(StatusCodes.Status404NotFound);
    }

    private static Ok<ModelsResponse> ListModels(ModelCatalogue catalogue, ProviderKeys keys) =>
        TypedResults.Ok(
            new ModelsResponse(catalogue.Current.Version, [.. catalogue.Models.Select(model => ModelResponse.From(model, keys))])
        );

    private static Results<Ok<CapabilitiesResponse>, GenerationProblem> GetCapabilities(string id, ModelCatalogue catalogue) =>
        catalogue.Current.Find(id) is { Enabled: true } model && catalogue.IsOn(model)
            ? TypedResults.Ok(CapabilitiesResponse.From(model))
            : new GenerationProblem(StatusCodes.Status404NotFound, "Model capabilities not found").With("modelId", id);
}

internal sealed record ModelsResponse(string Version, IReadOnlyList<ModelResponse> Models);

/// <param name="IsConfigured">Its provider's key is there.</param>
/// <param name="CreditsFrom">The cheapest line of its price list.</param>
internal sealed record ModelResponse(
    string Id,
    string Name,
    string Kind,
    string Provider,
    bool IsConfigured,
    IReadOnlyList<string> Modes,
    int CreditsFrom
)
{
    public static ModelResponse From(CatalogueModel model, ProviderKeys keys) =>
        new(
            model.Id,
            model.Name,
            model.Kind == MediaKind.Image ? "image" : "video",
            model.Routes[0].Provider,
            keys.For(model.Routes[0].Provider, model.Kind).Count > 0,
            model.Modes,
            model.Prices.Min(price => price.Credits)
        );
}

internal sealed record CapabilitiesResponse(
    string ModelId,
    IReadOnlyList<string> Modes,
    IReadOnlyList<string> AspectRatios,
    IReadOnlyList<string> QualityOptions,
    IReadOnlyList<string> ResolutionOptions,
    IReadOnlyList<int> DurationOptions,
    bool SupportsVariants,
    int MaxVariants,
    bool SupportsI2i,
    bool RequiresReferenceImage,
    int MaxReferenceImages,
    bool SupportsAudio
)
{
    public static CapabilitiesResponse From(CatalogueModel model) =>
        new(
            model.Id,
            model.Modes,
            model.AspectRatios ?? [],
            model.Qualities ?? [],
            model.Resolutions ?? [],
            model.Durations ?? [],
            model.MaxVariants > 1,
            model.MaxVariants,
            model.Modes.Contains(GenerationModes.ImageToImage, StringComparer.Ordinal),
            model.Modes.All(mode => mode is GenerationModes.ImageToImage or GenerationModes.ImageToVideo),
            model.MaxImages,
            model.AudioToggle
        );
}
