using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Latchkey.Generation.References;
using Latchkey.Platform.Files;

namespace Latchkey.Generation.Providers.OpenAi;

/// <summary>JSON where there are no files, a form where there are.</summary>
internal sealed class OpenAiPayload(IFileStore files)
{
    public const string Videos = "videos";

    public async Task<(string Path, HttpContent Content)> BuildAsync(ProviderOrder order, CancellationToken cancellation)
    {
        var hasFiles = ReferenceMarks.In(order.Input).Any();
        var input = (JsonObject)order.Input.DeepClone();
        input["model"] = order.Upstream;

        var path =
            order.Protocol == Videos ? "/videos"
            : hasFiles ? "/images/edits"
            : "/images/generations";

        // The documentation of videos shows a form throughout.
        return (path, hasFiles || order.Protocol == Videos ? await FormAsync(order, input, cancellation) : JsonContent.Create(input));
    }

    private async Task<HttpContent> FormAsync(ProviderOrder order, JsonObject input, CancellationToken cancellation)
    {
        var form = new MultipartFormDataContent();

        foreach (var (name, value) in input)
        {
            var items = value is JsonArray list ? [.. list] : new[] { value };

            foreach (var item in items)
            {
                if (ReferenceMarks.IndexOf(item) is { } index)
                    form.Add(
                        await FileAsync(order.References[index], cancellation),
                        items.Length > 1 ? name + "[]" : name,
                        NameOf(order.References[index])
                    );
                else
                    form.Add(new StringContent(item!.ToString()), name);
            }
        }

        return form;
    }

    private async Task<HttpContent> FileAsync(PlacedReference reference, CancellationToken cancellation) =>
        await files.FindAsync(reference.File.FileKey, cancellation) is { } file
            ? new StoredFileContent(files, file, reference.File.ContentType)
            // A reference that is gone makes an empty part, which the vendor refuses.
            : new ByteArrayContent([]) { Headers = { ContentType = new MediaTypeHeaderValue(reference.File.ContentType) } };

    private static string NameOf(PlacedReference reference) => Path.GetFileName(reference.File.FileKey);
}
