using System.Globalization;
using System.Text.Json.Nodes;
using Latchkey.Generation.Outputs;
using Latchkey.Platform.Files;

namespace Latchkey.Generation.Providers;

/// <summary>Keeps pictures that come inside an answer, at once: the vendor will not give them a second time.</summary>
internal sealed class InlineOutputs(IFileStore files)
{
    /// <param name="data">A list of objects with <c>b64_json</c> or <c>url</c>.</param>
    public async Task<IReadOnlyList<OutputSource>> KeepAsync(string jobId, JsonNode? data, CancellationToken cancellation)
    {
        var kept = new List<OutputSource>();

        foreach (var item in data as JsonArray ?? [])
        {
            if (item.Text("url") is { Length: > 0 } url)
                kept.Add(new OutputSource(OutputPlace.Web, url));
            else if (Decode(item.Text("b64_json")) is { Length: > 0 } bytes)
                kept.Add(await StoreAsync(jobId, kept.Count, bytes, cancellation));
        }

        return kept;
    }

    private async Task<OutputSource> StoreAsync(string jobId, int index, byte[] bytes, CancellationToken cancellation)
    {
        using var scratch = files.CreateScratch("generation");
        var path = scratch.File("inline");
        await File.WriteAllBytesAsync(path, bytes, cancellation);
        var key = OutputStore.InlineFolderOf(jobId) + index.ToString(CultureInfo.InvariantCulture);
        await files.ReplaceAsync(path, key, cancellation);

        return new OutputSource(OutputPlace.Stored, key);
    }

    private static byte[]? Decode(string? text)
    {
        if (text is null)
            return null;

        var bytes = new byte[text.Length / 4 * 3 + 3];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}
