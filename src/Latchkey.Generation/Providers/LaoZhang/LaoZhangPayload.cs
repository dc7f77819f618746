using System.Text.Json.Nodes;
using Latchkey.Generation.References;
using Latchkey.Platform.Files;

namespace Latchkey.Generation.Providers.LaoZhang;

/// <summary>Gemini's <c>generateContent</c>, with references inside as base64.</summary>
internal sealed class LaoZhangPayload(IFileStore files)
{
    public const string Gemini = "gemini";

    public async Task<JsonObject> BuildAsync(ProviderOrder order, CancellationToken cancellation)
    {
        var parts = new JsonArray { new JsonObject { ["text"] = order.Input.Text("prompt") } };

        foreach (var index in ReferenceMarks.In(order.Input))
            parts.Add(await PictureAsync(order.References[index].File, cancellation));

        var image = new JsonObject { ["aspectRatio"] = order.Input.Text("aspectRatio") };

        if (order.Input.Text("imageSize") is { } size)
            image["imageSize"] = size;

        return new JsonObject
        {
            ["contents"] = new JsonArray
            {
                new JsonObject { ["role"] = "user", ["parts"] = parts },
            },
            ["generationConfig"] = new JsonObject
            {
                ["responseModalities"] = new JsonArray { "IMAGE" },
                ["imageConfig"] = image,
            },
        };
    }

    private async Task<JsonObject> PictureAsync(Generations.StoredReference reference, CancellationToken cancellation)
    {
        var reader = await files.OpenAsync(reference.FileKey, cancellation);
        byte[] bytes = [];

        if (reader is not null)
        {
            await using (reader)
                bytes = await reader.ReadAllAsync(cancellation);
        }

        return new JsonObject
        {
            ["inline_data"] = new JsonObject { ["mime_type"] = reference.ContentType, ["data"] = Convert.ToBase64String(bytes) },
        };
    }
}
