using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Models;
using Latchkey.Generation.Owners;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Latchkey.Generation.OpenAiApi;

/// <summary>Turns OpenAI's requests, JSON or forms, into our orders.</summary>
internal sealed class OpenAiOrders(ModelCatalogue catalogue, OrderReader reader, JobCreation creation)
{
    private const string DefaultImageModel = "gpt-image-direct";
    private const string DefaultVideoModel = "sora-2";

    /// <returns>The jobs of the order, or what is wrong with it; the fields as they came, too.</returns>
    public async Task<(IReadOnlyList<GenerationJob>? Jobs, JsonObject Fields, OpenAiProblem? Problem)> CreateAsync(
        HttpContext http,
        Owner owner,
        MediaKind kind,
        CancellationToken cancellation
    )
    {
        var (fields, unreadable) = await FieldsAsync(http.Request, cancellation);

        if (fields is null)
            return (null, [], unreadable);

        var model = catalogue.Current.Find(
            fields["model"]?.ToString() ?? (kind == MediaKind.Image ? DefaultImageModel : DefaultVideoModel)
        );
        var (order, wrong) = Translate(fields, model, kind);

        if (order is null)
            return (null, fields, wrong);

        var (body, broken) = OrderBody.Parse(JsonSerializer.SerializeToUtf8Bytes(order));

        if (body is null)
            return (null, fields, OpenAiProblem.From(broken!));

        using (body)
        {
            var (asked, invalid) = reader.Read(body, kind);

            if (asked is null)
                return (null, fields, OpenAiProblem.From(invalid!));

            var identity = GenerateEndpoints.Identity(http.Request, body);
            var (jobs, problem) = await creation.CreateAsync(owner, asked, identity, new OrderDelivery(null, false), cancellation);

            return (jobs, fields, problem is null ? null : OpenAiProblem.From(problem));
        }
    }

    private static async Task<(JsonObject? Fields, OpenAiProblem? Problem)> FieldsAsync(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            return request.HasFormContentType
                ? (await FormAsync(request, cancellation), null)
                : (
                    await JsonNode.ParseAsync(request.Body, cancellationToken: cancellation) as JsonObject,
                    OpenAiProblem.Bad("The body must be a JSON object.")
                );
        }
        catch (Exception failure) when (failure is JsonException or InvalidDataException)
        {
            return (null, OpenAiProblem.Bad("The body cannot be read."));
        }
    }

    private static async Task<JsonObject> FormAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = OrderBody.MaxBytes;

        var options = new FormOptions { MultipartBodyLengthLimit = OrderBody.MaxBytes };
        request.HttpContext.Features.Set<IFormFeature>(new FormFeature(request, options));
        var form = await request.ReadFormAsync(cancellation);
        var fields = new JsonObject();

        foreach (var (name, value) in form)
            fields[name] = value.ToString();

        var pictures = new JsonArray();

        foreach (var file in form.Files.Where(file => file.Name is "image" or "image[]" or "input_reference"))
        {
            using var bytes = new MemoryStream((int)file.Length);
            await file.CopyToAsync(bytes, cancellation);
            pictures.Add("data:application/octet-stream;base64," + Convert.ToBase64String(bytes.GetBuffer(), 0, (int)bytes.Length));
        }

        if (pictures.Count > 0)
            fields["image"] = pictures;

        return fields;
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
