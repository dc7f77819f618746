using Latchkey.Generation.Models;

namespace Latchkey.Generation.Generations;

/// <summary>What was asked for and cannot be had is said, not dropped in silence.</summary>
internal static class OrderWarnings
{
    private static readonly (string Field, string Name)[] Optional =
    [
        ("seed", "seed"),
        ("soundPreset", "soundPreset"),
        ("cameraMotion", "cameraMotion"),
        ("cameraControl", "cameraControl"),
        ("stylePreset", "stylePreset"),
        ("motionStrength", "motionStrength"),
        ("keepAudio", OrderFields.KeepAudio),
        ("cfgScale", OrderFields.CfgScale),
        ("multiPrompt", OrderFields.MultiPrompt),
        ("shotType", OrderFields.ShotType),
        ("style", OrderFields.Style),
        ("resolution", OrderFields.Resolution),
        ("endImage", OrderFields.End),
    ];

    public static IReadOnlyList<string> For(OrderBody body, CatalogueModel model, string mode)
    {
        var unused = Optional
            .Where(option => body.Has(option.Field) && !Uses(model, mode, option.Name))
            .Select(option => option.Field)
            .ToList();

        if (model.Kind == MediaKind.Image && body.Has("negativePrompt") && !Uses(model, mode, OrderFields.NegativePrompt))
            unused.Add("negativePrompt");

        if (!model.AudioToggle && body.Has("audio"))
            unused.Add("audio");

        return [.. unused.Select(field => $"{field} is not supported by {model.Id} and was not used")];
    }

    public static bool Uses(CatalogueModel model, string mode, string name) =>
        model
            .Routes.Where(route => route.Modes.Contains(mode, StringComparer.Ordinal))
            .Any(route =>
                InputTemplate.Names(route.Input).Concat(InputTemplate.Names(route.Upstream)).Contains(name, StringComparer.Ordinal)
            );
}
