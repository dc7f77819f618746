using Latchkey.Generation.Generations;
using Latchkey.Generation.References;
using Latchkey.Platform.Files;

namespace Latchkey.Generation.Providers.LaoZhang;

/// <summary>Gemini's pictures.</summary>
internal sealed class LaoZhangPayload(IFileStore files)
{
    public const string Gemini = "gemini";

    public async Task<GeminiContent> BuildAsync(ProviderOrder order, CancellationToken cancellation)
    {
        var references = new List<(StoredReference, StoredFile?)>();

        foreach (var index in ReferenceMarks.In(order.Input))
        {
            var reference = order.References[index].File;
            references.Add((reference, await files.FindAsync(reference.FileKey, cancellation)));
        }

        return new GeminiContent(files, order.Input, references);
    }
}
