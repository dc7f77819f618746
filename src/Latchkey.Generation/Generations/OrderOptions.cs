using System.Globalization;
using System.Text.Json.Nodes;
using Latchkey.Generation.Models;
using Latchkey.Generation.Problems;

namespace Latchkey.Generation.Generations;

/// <summary>The options of an order: those that a model lists must be among the listed, and the first is the default.</summary>
internal static class OrderOptions
{
    private static readonly string[] Orientations = ["image", "video"];
    private static readonly string[] ShotTypes = ["single", "customize"];

    public static GenerationProblem? Read(OrderBody body, CatalogueModel model, string mode, JsonObject values)
    {
        var aspect = body.Text("aspectRatio", "aspect_ratio");

        // What the interface calls so is the model's own choice, unless it is one of its options.
        if (aspect is "auto" or "source" && model.AspectRatios?.Contains(aspect, StringComparer.Ordinal) != true)
            aspect = null;

        return Choose(OrderFields.AspectRatio, "Unsupported aspect ratio for this model", aspect, model.AspectRatios, values)
            ?? ReadQuality(body, model, mode, values)
            ?? Choose(
                OrderFields.Resolution,
                "Unsupported resolution for this model",
                body.Text("resolution") ?? OfScale(body, model),
                model.Resolutions,
                values
            )
            ?? ReadDuration(body, model, values)
            ?? Choose(OrderFields.Style, "Unsupported style for this model", body.Text("style"), model.Styles, values)
            ?? Choose(
                OrderFields.OutputFormat,
                "Unsupported output format for this model",
                body.Text("outputFormat", "output_format"),
                model.OutputFormats,
                values
            )
            ?? Choose(
                OrderFields.CharacterOrientation,
                "Unsupported characterOrientation",
                body.Text("characterOrientation"),
                mode == GenerationModes.MotionControl ? Orientations : null,
                values
            )
            ?? ReadFlags(body, model, values)
            ?? ReadRest(body, values);
    }

    private static GenerationProblem? ReadQuality(OrderBody body, CatalogueModel model, string mode, JsonObject values)
    {
        // A default that no provider makes in this mode would be no default.
        var possible = model.Qualities?.Where(quality => IsMade(model, mode, quality)).ToList();

        return Choose(
            OrderFields.Quality,
            "Unsupported quality for this model",
            body.Text("quality", "qualityTier") ?? body.Text("variantId"),
            possible,
            values
        );
    }

    private static bool IsMade(CatalogueModel model, string mode, string quality) =>
        model.Routes.Any(route =>
            route.Modes.Contains(mode, StringComparer.Ordinal)
            && (route.When is null || !route.When.TryGetValue(OrderFields.Quality, out var wanted) || wanted == quality)
        );

    private static GenerationProblem? ReadDuration(OrderBody body, CatalogueModel model, JsonObject values)
    {
        if (model.Durations is not { } durations)
            return null;

        if (!body.Has("duration"))
        {
            values[OrderFields.Duration] = durations[0];
            return null;
        }

        if (!body.IsNumber("duration", out var seconds) || !durations.Any(duration => duration == seconds))
            return GenerationProblem
                .Bad("Unsupported duration for this model")
                .With("duration", body.Text("duration"))
                .With("allowed", durations);

        values[OrderFields.Duration] = (int)seconds;
        return null;
    }

    private static GenerationProblem? ReadFlags(OrderBody body, CatalogueModel model, JsonObject values)
    {
        if (model.AudioToggle)
        {
            if (Flag(body, ["audio", "generateAudio", "generate_audio"], out var audio) is { } problem)
                return problem;

            values[OrderFields.Audio] = audio ?? false;
        }

        if (Flag(body, ["keepAudio"], out var keepAudio) is { } wrong)
            return wrong;

        if (keepAudio is not null)
            values[OrderFields.KeepAudio] = keepAudio;

        return null;
    }

    private static GenerationProblem? Flag(OrderBody body, string[] names, out bool? value)
    {
        value = null;

        if (body.Text(names) is not { } text)
            return null;

        if (!bool.TryParse(text, out var flag))
            return GenerationProblem.Invalid($"{names[0]} must be true or false");

        value = flag;
        return null;
    }

    private static GenerationProblem? ReadRest(OrderBody body, JsonObject values)
    {
        if (body.Has("cfgScale"))
        {
            if (!body.IsNumber("cfgScale", out var scale) || scale > 20)
                return GenerationProblem.Invalid("cfgScale must be a number from 0 to 20");

            // The interface goes to 20, the vendors from 0 to 1.
            values[OrderFields.CfgScale] = scale > 1 ? Math.Round(scale / 20, 2) : scale;
        }

        return Choose(
            OrderFields.ShotType,
            "Unsupported shotType",
            body.Text("shotType", "shot_type"),
            ShotTypes,
            values,
            hasDefault: false
        );
    }

    /// <summary>Topaz is asked for a factor by some and for a resolution by others.</summary>
    private static string? OfScale(OrderBody body, CatalogueModel model)
    {
        if (model.Resolutions?.Contains("8k", StringComparer.Ordinal) != true)
            return null;

        var asked = body.Node("params");
        var text =
            body.Text("upscaleFactor", "upscale_factor", "scale")
            ?? (asked as JsonObject)?["upscaleFactor"]?.ToString()
            ?? (asked as JsonObject)?["upscale_factor"]?.ToString()
            ?? (asked as JsonObject)?["scale"]?.ToString();

        return text?.TrimEnd('x', 'k') is { } factor ? factor + "k" : null;
    }

    private static GenerationProblem? Choose(
        string name,
        string problem,
        string? asked,
        IReadOnlyList<string>? allowed,
        JsonObject values,
        bool hasDefault = true
    )
    {
        if (allowed is not { Count: > 0 })
            return null;

        if (asked is null)
        {
            if (hasDefault)
                values[name] = allowed[0];

            return null;
        }

        var known = allowed.FirstOrDefault(option => string.Equals(option, asked, StringComparison.OrdinalIgnoreCase));

        if (known is null)
            return GenerationProblem.Bad(problem).With(name, asked).With("allowed", allowed);

        values[name] = known;
        return null;
    }
}
