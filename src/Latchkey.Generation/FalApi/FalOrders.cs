using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Generation.Bodies;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Models;
using Latchkey.Generation.Providers;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.FalApi;

/// <summary>
/// Turns a request to a model of fal.ai into our order, by reading the catalogue's template of that model backwards; <c>latchkey/…</c> names
/// one of our models, and then the input is an order of ours.
/// </summary>
internal sealed class FalOrders(ModelCatalogue catalogue, BodyReader bodies, OrderIntake intake)
{
    private const string OwnModels = "latchkey/";

    private static readonly Dictionary<string, string> BodyNames = new(StringComparer.Ordinal)
    {
        [OrderFields.Images] = "referenceImages",
        [OrderFields.Start] = "startImage",
        [OrderFields.End] = "endImage",
        [OrderFields.Video] = "referenceVideo",
        [OrderFields.Voice] = "referenceAudio",
    };

    /// <param name="path">Such as <c>fal-ai/kling-video/o1/standard/image-to-video</c>.</param>
    /// <param name="webhook">The address that is told of the end.</param>
    public async Task<(IReadOnlyList<GenerationJob>? Jobs, FalProblem? Problem)> CreateAsync(
        HttpContext http,
        string path,
        string? webhook,
        CancellationToken cancellation
    )
    {
        var (body, unreadable) = await bodies.ReadAsync(http.Request, cancellation);

        if (body is null)
            return (null, FalProblem.From(unreadable!));

        using (body)
        {
            if (Input(body.Json) is not { } input)
                return (null, FalProblem.Invalid("The input must be a JSON object", "json_invalid"));

            var (model, order) = Translate(path, input);

            if (model is null)
                return (null, FalProblem.NotFound);

            var json = JsonSerializer.SerializeToUtf8Bytes(order);
            var delivery = OrderDelivery.None with { WebhookUrl = webhook, Dialect = WebhookDialect.Fal };
            var (taken, problem) = await intake.TakeAsync(http, body, json, model.Kind, _ => delivery, cancellation);

            return (taken?.Jobs, problem is null ? null : FalProblem.From(problem));
        }
    }

    private static JsonObject? Input(byte[] json)
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

    private (CatalogueModel? Model, JsonObject Order) Translate(string path, JsonObject input)
    {
        if (path.StartsWith(OwnModels, StringComparison.Ordinal))
        {
            var own = catalogue.Current.Find(path[OwnModels.Length..]);
            var order = (JsonObject)input.DeepClone();
            order["model"] = own?.Id;

            return (own, order);
        }

        // Of several modes behind one address the one is meant whose fields are all there: the longest first.
        var (model, route) = catalogue
            .Models.SelectMany(model => model.Routes.Select(route => (Model: model, Route: route)))
            .Where(known => known.Route.Provider == ProviderNames.Fal && known.Route.Upstream.ToString() == path)
            .OrderByDescending(known => References(known.Route).Count(input.ContainsKey))
            .FirstOrDefault();

        return model is null ? (null, []) : (model, Reverse(model, route, input));
    }

    private static IEnumerable<string> References(CatalogueRoute route) =>
        route
            .Input.Where(field =>
                InputTemplate.Names(field.Value).Any(name => OrderFields.References.Contains(name, StringComparer.Ordinal))
            )
            .Select(field => field.Key);

    private static JsonObject Reverse(CatalogueModel model, CatalogueRoute route, JsonObject input)
    {
        var order = new JsonObject { ["model"] = model.Id, ["mode"] = route.Modes[0] };

        foreach (var (field, template) in route.Input)
        {
            if (input[field] is { } value && InputTemplate.Names(template).FirstOrDefault() is { } name)
                order[BodyNames.GetValueOrDefault(name, name)] = value.DeepClone();
        }

        return order;
    }
}
