using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Providers;
using Latchkey.Generation.Providers.Fal;

namespace Latchkey.Generation.Models;

/// <summary>Reads a catalogue, and says all that is wrong with it at once.</summary>
internal static class CatalogueReader
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.Strict,
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },

        // Named, since the schema may be asked for before anything was read with these options.
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <exception cref="CatalogueException">It cannot be used; the message names every mistake.</exception>
    public static Catalogue Read(ReadOnlySpan<byte> json)
    {
        Catalogue catalogue;

        // Some editors write a byte order mark.
        if (json.StartsWith("\uFEFF"u8))
            json = json[3..];

        try
        {
            catalogue =
                JsonSerializer.Deserialize<Catalogue>(json, Strict) ?? throw new CatalogueException(["the file holds null"], cause: null);
        }
        catch (JsonException failure)
        {
            throw new CatalogueException([failure.Message], failure);
        }

        var mistakes = Mistakes(catalogue).ToList();
        return mistakes.Count == 0 ? catalogue : throw new CatalogueException(mistakes, cause: null);
    }

    /// <summary>The shape of the file, for editors.</summary>
    public static JsonNode Schema() => Strict.GetJsonSchemaAsNode(typeof(Catalogue));

    private static IEnumerable<string> Mistakes(Catalogue catalogue)
    {
        var names = catalogue.Models.SelectMany(model => (model.Aliases ?? []).Prepend(model.Id));

        foreach (var twice in names.GroupBy(name => name, StringComparer.Ordinal).Where(name => name.Count() > 1))
            yield return $"the model {twice.Key} is there twice";

        foreach (var (name, limits) in catalogue.Providers)
        {
            if (limits.Submits < 1 || limits.PerSeconds < 1 || limits.Concurrent < 1)
                yield return $"the limits of {name} must be at least 1";
        }

        foreach (var mistake in catalogue.Models.SelectMany(model => Mistakes(catalogue, model)))
            yield return mistake;
    }

    private static IEnumerable<string> Mistakes(Catalogue catalogue, CatalogueModel model)
    {
        if (model.Modes.Count == 0)
            yield return $"{model.Id} has no modes";

        foreach (var mode in model.Modes.Where(mode => !GenerationModes.All.Contains(mode, StringComparer.Ordinal)))
            yield return $"{model.Id} has the unknown mode {mode}";

        foreach (var mode in model.Modes.Where(mode => !model.Routes.Any(route => route.Modes.Contains(mode, StringComparer.Ordinal))))
            yield return $"{model.Id} has no route for {mode}";

        if (model.Prices.Count == 0 || model.Prices.Any(price => price.Credits < 1))
            yield return $"{model.Id} must cost at least 1 credit";

        if (model.DeadlineSeconds < 1 || model.MaxVariants < 1 || model.MaxImages < 0)
            yield return $"{model.Id} has a limit below what makes sense";

        foreach (var route in model.Routes)
        {
            if (!ProviderNames.All.Contains(route.Provider, StringComparer.Ordinal))
                yield return $"{model.Id} has the unknown provider {route.Provider}";
            else if (!catalogue.Providers.ContainsKey(route.Provider))
                yield return $"{model.Id} uses {route.Provider}, whose limits are missing";

            if (route.Provider == ProviderNames.Fal && !FalPayload.IsGood(route.Protocol, route.Upstream.ToString()))
                yield return $"{model.Id} needs a protocol of owner/app for {route.Upstream}";

            var asked = InputTemplate.Names(route.Upstream).Concat(InputTemplate.Names(route.Input)).Concat(route.When?.Keys ?? []);

            foreach (var name in asked.Where(name => !OrderFields.All.Contains(name, StringComparer.Ordinal)))
                yield return $"{model.Id} asks for the unknown value {name}";
        }
    }
}

/// <summary>A catalogue cannot be used.</summary>
public sealed class CatalogueException(IReadOnlyList<string> mistakes, Exception? cause)
    : Exception("The catalogue of models is wrong: " + string.Join("; ", mistakes) + ".", cause);
