using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Generation.Bodies;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Models;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.OpenAiApi;

/// <summary>Turns OpenAI's requests, JSON or forms, into our orders.</summary>
internal sealed class OpenAiOrders(ModelCatalogue catalogue, BodyReader bodies, OrderIntake intake)
{
    private const string DefaultImageModel = "gpt-image-direct";
    private const string DefaultVideoModel = "sora-2";

    /// <summary>What OpenAI's own models can be asked for, and ours cannot.</summary>
    private static readonly string[] Unsupported = ["mask"];

    /// <returns>The jobs of the order, or what is wrong with it; the fields as they came, too.</returns>
    public async Task<(IReadOnlyList<GenerationJob>? Jobs, JsonObject Fields, OpenAiProblem? Problem)> CreateAsync(
        HttpContext http,
        MediaKind kind,
        CancellationToken cancellation
    )
    {
        var (body, unreadable) = await bodies.ReadAsync(http.Request, cancellation);

        if (body is null)
            return (null, [], OpenAiProblem.From(unreadable!));

        using (body)
        {
            if (Fields(body.Json) is not { } fields)
                return (null, [], OpenAiProblem.Bad("The body must be a JSON object."));

            if (Unsupported.FirstOrDefault(fields.ContainsKey) is { } name)
                return (null, fields, OpenAiProblem.Unsupported($"{name} is not supported.", name));

            if (fields["partial_images"]?.ToString() is { } partial && partial is not ("0" or "1" or "2" or "3"))
                return (null, fields, OpenAiProblem.Bad("partial_images must be a number from 0 to 3."));

            var model = catalogue.Current.Find(
                fields["model"]?.ToString() ?? (kind == MediaKind.Image ? DefaultImageModel : DefaultVideoModel)
            );
            var (order, wrong) = Translate(fields, model, kind);

            if (order is null)
                return (null, fields, wrong);

            var json = JsonSerializer.SerializeToUtf8Bytes(order);
            var (taken, problem) = await intake.TakeAsync(http, body, json, kind, _ => OrderDelivery.None, cancellation);

            return (taken?.Jobs, fields, problem is null ? null : OpenAiProblem.From(problem));
        }
    }

    private static JsonObject? Fields(byte[] json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static (JsonObject? Order, OpenAiProblem? Problem) Translate(JsonObject fields, CatalogueModel? model, MediaKind kind)
    {
        var order = new JsonObject { ["model"] = model?.Id ?? fields["model"]?.ToString(), ["prompt"] = fields["prompt"]?.DeepClone() };
        Copy("n", "variants");
        Copy("seconds", "duration");
        Copy("output_format", "outputFormat");
        Copy("image", "referenceImages");
        Copy("input_reference", "referenceImages");

        // "auto" and the old names leave the choice to the model.
        if (fields["quality"]?.ToString() is { } quality && quality is not ("auto" or "standard"))
            order["quality"] = quality == "hd" ? "high" : quality;

        // jpeg is jpg in the catalogue.
        if (order["outputFormat"]?.ToString() == "jpeg")
            order["outputFormat"] = "jpg";

        if (fields["size"]?.ToString() is not { } size || size == "auto" || model?.AspectRatios is not { Count: > 0 } ratios)
            return (order, null);

        if (NearestRatio(size, ratios) is not { } ratio)
            return (null, OpenAiProblem.Bad("size must be two numbers with x between, such as 1024x1024, or auto."));

        order["aspectRatio"] = ratio;
        return (order, null);

        void Copy(string name, string ours)
        {
            if (fields[name] is { } value && order[ours] is null)
                order[ours] = value.DeepClone();
        }
    }

    /// <summary>The model's ratio that is nearest to a size in pixels.</summary>
    private static string? NearestRatio(string size, IReadOnlyList<string> ratios)
    {
        if (Quotient(size, 'x') is not { } wanted)
            return null;

        return ratios
            .Select(ratio => (Ratio: ratio, Quotient: Quotient(ratio, ':')))
            .Where(known => known.Quotient is not null)
            .OrderBy(known => Math.Abs(Math.Log(known.Quotient!.Value / wanted)))
            .Select(known => known.Ratio)
            .FirstOrDefault();
    }

    private static double? Quotient(string text, char separator)
    {
        var parts = text.Split(separator);

        return
            parts.Length == 2
            && double.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && double.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            && width > 0
            && height > 0
            ? width / height
            : null;
    }
}
