using System.Text.Json.Nodes;
using Latchkey.Generation.Generations;

namespace Latchkey.Generation.Models;

/// <summary>The catalogue as it stands in its file: every model, and how much each provider may be asked at once.</summary>
internal sealed record Catalogue(
    string Version,
    IReadOnlyDictionary<string, ProviderLimits> Providers,
    IReadOnlyList<CatalogueModel> Models
)
{
    public CatalogueModel? Find(string id) =>
        Models.FirstOrDefault(model => model.Id == id || (model.Aliases?.Contains(id, StringComparer.Ordinal) ?? false));
}

/// <summary>For each key of a provider.</summary>
/// <param name="Submits">So many new tasks …</param>
/// <param name="PerSeconds">… in so many seconds.</param>
/// <param name="Concurrent">Tasks that may run at once.</param>
internal sealed record ProviderLimits(int Submits, int PerSeconds, int Concurrent);

/// <summary>One model as callers see it, and the ways by which it is made.</summary>
/// <param name="Id">What callers send as <c>model</c>.</param>
/// <param name="Prices">The first line that fits counts.</param>
/// <param name="Routes">Of the lines that fit, the first is the model's provider; the others are fallbacks, in this order.</param>
internal sealed record CatalogueModel(
    string Id,
    string Name,
    MediaKind Kind,
    IReadOnlyList<string> Modes,
    IReadOnlyList<CataloguePrice> Prices,
    IReadOnlyList<CatalogueRoute> Routes
)
{
    public bool Enabled { get; init; } = true;

    /// <summary>The setting that must be true for the model to be there.</summary>
    public string? Flag { get; init; }

    public IReadOnlyList<string>? Aliases { get; init; }

    public IReadOnlyList<string>? AspectRatios { get; init; }

    public IReadOnlyList<string>? Qualities { get; init; }

    public IReadOnlyList<string>? Resolutions { get; init; }

    /// <summary>Seconds.</summary>
    public IReadOnlyList<int>? Durations { get; init; }

    public IReadOnlyList<string>? Styles { get; init; }

    public IReadOnlyList<string>? OutputFormats { get; init; }

    /// <summary>Whether callers may choose to have sound.</summary>
    public bool AudioToggle { get; init; }

    public int MaxVariants { get; init; } = 1;

    /// <summary>Tools that change a picture need no words.</summary>
    public bool PromptRequired { get; init; } = true;

    public int MaxPromptLength { get; init; } = 5000;

    public int MaxImages { get; init; }

    public int MaxImageMegabytes { get; init; } = 10;

    public int MaxVideoMegabytes { get; init; } = 100;

    /// <summary>Of a video or voice that comes with the order.</summary>
    public int MaxSeconds { get; init; } = 30;

    /// <summary>For how many seconds a task may run before its caller is told that it takes too long.</summary>
    public int DeadlineSeconds { get; init; } = 600;

    /// <summary>What callers are told to expect, in seconds.</summary>
    public int EstimatedSeconds { get; init; } = 30;

    public IEnumerable<CatalogueRoute> RoutesFor(GenerationOrder order) =>
        Routes.Where(route => route.Modes.Contains(order.Mode, StringComparer.Ordinal) && order.Fits(route.When));

    /// <summary>What an order costs, in credits; <c>null</c> when no line of the price list fits.</summary>
    public int? PriceOf(GenerationOrder order) =>
        Prices.FirstOrDefault(price => order.Fits(price.When)) is { } price
            ? price.Credits * (price.PerSecond ? order.BilledSeconds : 1) * order.Variants
            : null;
}

/// <param name="When">Values of the order that must be so; <c>mode</c> is one of them.</param>
internal sealed record CataloguePrice(int Credits)
{
    public IReadOnlyDictionary<string, string>? When { get; init; }

    public bool PerSecond { get; init; }
}

/// <summary>How a provider is asked.</summary>
/// <param name="Upstream">The provider's name for the model; a template.</param>
/// <param name="Input">What the provider is sent; a template (see <see cref="InputTemplate"/>).</param>
internal sealed record CatalogueRoute(string Provider, IReadOnlyList<string> Modes, JsonNode Upstream, JsonObject Input)
{
    public IReadOnlyDictionary<string, string>? When { get; init; }

    /// <summary>Of several protocols that a provider speaks, the one for this model.</summary>
    public string? Protocol { get; init; }
}
