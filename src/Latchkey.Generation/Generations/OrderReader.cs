using System.Globalization;
using System.Text.Json.Nodes;
using Latchkey.Generation.Models;
using Latchkey.Generation.Problems;
using Latchkey.Generation.References;

namespace Latchkey.Generation.Generations;

/// <summary>What an order asks for, checked against its model; the references are not fetched yet.</summary>
internal sealed record CheckedOrder(
    CatalogueModel Model,
    string Mode,
    JsonObject Values,
    IReadOnlyList<ReferenceRequest> References,
    IReadOnlyList<string> Warnings
);

/// <summary>Checks the body of an order against the catalogue.</summary>
internal sealed class OrderReader(ModelCatalogue catalogue)
{
    private const int Megabyte = 1024 * 1024;
    private const int LongestNegativePrompt = 2500;
    private const int MostPrompts = 4;

    public (CheckedOrder? Order, GenerationProblem? Problem) Read(OrderBody body, MediaKind kind)
    {
        if (FindModel(body, kind, out var model) is { } noModel)
            return (null, noModel);

        var references = ReferencesOf(body, model!).ToList();
        var mode = GenerationModes.Canonical(body.Text("mode") ?? Infer(model!, references));
        var values = new JsonObject();

        if (!model!.Modes.Contains(mode, StringComparer.Ordinal))
            return (null, GenerationProblem.Bad("Unsupported mode for this model").With("mode", mode).With("allowed", model.Modes));

        var problem =
            ReadPrompt(body, model, kind, mode, values)
            ?? OrderOptions.Read(body, model, mode, values)
            ?? ReadVariants(body, model, values)
            ?? CheckReferences(model, mode, references)
            ?? ReadMultiPrompt(body, values);

        if (problem is not null)
            return (null, problem);

        return (new CheckedOrder(model, mode, values, references, OrderWarnings.For(body, model, mode)), null);
    }

    private GenerationProblem? FindModel(OrderBody body, MediaKind kind, out CatalogueModel? model)
    {
        var isVideo = kind == MediaKind.Video;
        var id = body.Text("model") ?? body.Text("modelId");
        model = null;

        if (id is null)
            return GenerationProblem.Bad(isVideo ? "Model is required" : "Model (or modelId+variantId) is required");

        if (!body.Has("model") && body.IsNumber("variants", out var variants) && variants != 1)
            return GenerationProblem.Bad("variants must be 1 for variant-based photo generation");

        model = catalogue.Current.Find(id);

        if (model is not null && model.Enabled && model.Kind == kind)
            return catalogue.IsOn(model) ? null : new GenerationProblem(403, "Model is disabled by feature flag");

        return GenerationProblem
            .Bad(isVideo ? "Invalid video model" : "Invalid model")
            .With("availableModels", catalogue.Models.Where(known => known.Kind == kind).Select(known => known.Id));
    }

    private static string Infer(CatalogueModel model, IReadOnlyList<ReferenceRequest> references)
    {
        bool Has(string role) => references.Any(reference => reference.Role == role);

        string[] guesses =
        [
            .. Has(OrderFields.Start) ? [GenerationModes.StartEnd] : Array.Empty<string>(),
            .. Has(OrderFields.Video) ? [GenerationModes.VideoToVideo, GenerationModes.MotionControl] : Array.Empty<string>(),
            .. Has(OrderFields.Images) ? [GenerationModes.ImageToImage, GenerationModes.ImageToVideo] : Array.Empty<string>(),
        ];

        return guesses.FirstOrDefault(guess => model.Modes.Contains(guess, StringComparer.Ordinal)) ?? model.Modes[0];
    }

    private static GenerationProblem? ReadPrompt(OrderBody body, CatalogueModel model, MediaKind kind, string mode, JsonObject values)
    {
        var prompt = body.Text("prompt");
        var negative = body.Text("negativePrompt", "negative_prompt");

        if (prompt is null && model.PromptRequired)
            return GenerationProblem.Bad("Prompt is required");

        if (prompt?.Length > model.MaxPromptLength)
            return GenerationProblem.Invalid(
                string.Create(CultureInfo.InvariantCulture, $"prompt is too long: at most {model.MaxPromptLength} characters")
            );

        if (negative?.Length > LongestNegativePrompt)
            return GenerationProblem.Invalid("negativePrompt is too long");

        // Video models without a field for it are told in words.
        if (negative is not null && kind == MediaKind.Video && !OrderWarnings.Uses(model, mode, OrderFields.NegativePrompt))
            prompt = $"{prompt} Avoid: {negative}";

        if (prompt is not null)
            values[OrderFields.Prompt] = prompt;

        if (negative is not null)
            values[OrderFields.NegativePrompt] = negative;

        return null;
    }

    private static GenerationProblem? ReadVariants(OrderBody body, CatalogueModel model, JsonObject values)
    {
        if (!body.Has("variants") && !body.Has("n"))
            return null;

        if (
            !(body.IsNumber("variants", out var variants) || body.IsNumber("n", out variants))
            || variants != decimal.Truncate(variants)
            || variants < 1
            || variants > model.MaxVariants
        )
            return GenerationProblem.Invalid(
                string.Create(CultureInfo.InvariantCulture, $"variants must be a number from 1 to {model.MaxVariants}")
            );

        values[OrderFields.Variants] = (int)variants;
        return null;
    }

    private static IEnumerable<ReferenceRequest> ReferencesOf(OrderBody body, CatalogueModel model)
    {
        (string Role, string[] Fields, int Megabytes)[] roles =
        [
            (OrderFields.Images, ["referenceImages", "referenceImage", "inputImage", "imageUrl"], model.MaxImageMegabytes),
            (OrderFields.Start, ["startImage"], model.MaxImageMegabytes),
            (OrderFields.End, ["endImage"], model.MaxImageMegabytes),
            (OrderFields.Video, ["referenceVideo", "videoUrl"], model.MaxVideoMegabytes),
            (OrderFields.Voice, ["referenceAudio", "audioUrl"], model.MaxVideoMegabytes),
        ];

        foreach (var (role, fields, megabytes) in roles)
        {
            foreach (var source in body.Sources(fields))
                yield return new ReferenceRequest(role, source, (long)megabytes * Megabyte);
        }
    }

    private static GenerationProblem? CheckReferences(CatalogueModel model, string mode, List<ReferenceRequest> references)
    {
        int Count(string role) => references.Count(reference => reference.Role == role);

        var missing = mode switch
        {
            GenerationModes.ImageToImage or GenerationModes.ImageToVideo when Count(OrderFields.Images) == 0 =>
                "Reference image is required",
            GenerationModes.StartEnd when Count(OrderFields.Start) == 0 => "Start image is required",
            GenerationModes.VideoToVideo or GenerationModes.VideoEdit when Count(OrderFields.Video) == 0 => "Reference video is required",
            GenerationModes.MotionControl or GenerationModes.Animate when Count(OrderFields.Images) == 0 || Count(OrderFields.Video) == 0 =>
                "Reference image and reference video are required",
            GenerationModes.LipSync when Count(OrderFields.Images) == 0 || Count(OrderFields.Voice) == 0 =>
                "Reference image and reference audio are required",
            _ => null,
        };

        if (missing is not null)
            return GenerationProblem.Bad(missing);

        if (Count(OrderFields.Images) > model.MaxImages)
            return GenerationProblem.Bad(
                model.MaxImages == 0
                    ? "This model takes no reference images"
                    : string.Create(CultureInfo.InvariantCulture, $"Too many reference images. Max is {model.MaxImages}")
            );

        return Count(OrderFields.Start) > 1 || Count(OrderFields.End) > 1 || Count(OrderFields.Video) > 1 || Count(OrderFields.Voice) > 1
            ? GenerationProblem.Bad("Only one start image, end image, video and audio can be given")
            : null;
    }

    /// <summary>Strings, or objects with prompt and duration; vendors want the duration as a string.</summary>
    private static GenerationProblem? ReadMultiPrompt(OrderBody body, JsonObject values)
    {
        if (body.Node("multiPrompt", "multi_prompt", "shots") is not { } node)
            return null;

        if (node is not JsonArray { Count: > 0 and <= MostPrompts } items)
            return GenerationProblem.Invalid($"multiPrompt must be a list of 1 to {MostPrompts} prompts");

        var prompts = new JsonArray();

        foreach (var item in items)
        {
            var prompt = item is JsonObject ? item["prompt"]?.ToString() : item?.ToString();
            var duration = item is JsonObject ? item["duration"]?.ToString() : null;

            if (string.IsNullOrWhiteSpace(prompt))
                return GenerationProblem.Invalid("every entry of multiPrompt needs a prompt");

            prompts.Add(
                duration is null ? new JsonObject { ["prompt"] = prompt } : new JsonObject { ["prompt"] = prompt, ["duration"] = duration }
            );
        }

        values[OrderFields.MultiPrompt] = prompts;
        return null;
    }
}
