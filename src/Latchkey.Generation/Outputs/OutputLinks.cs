using System.Globalization;

namespace Latchkey.Generation.Outputs;

/// <summary>Where callers fetch what was made: always here, never at a provider.</summary>
internal sealed class OutputLinks(MediaLinks links)
{
    public const string OriginalKind = "original";
    public const string PosterKind = "poster";
    public const string PreviewKind = "preview";

    public string Original(GenerationOutput output, string baseUrl) => Link(output, OriginalKind, baseUrl);

    public string Poster(GenerationOutput output, string baseUrl) => Link(output, PosterKind, baseUrl);

    public string Preview(GenerationOutput output, string baseUrl) => Link(output, PreviewKind, baseUrl);

    /// <summary>What the signature of a link covers.</summary>
    public static string PathOf(string jobId, int index, string kind) =>
        string.Create(CultureInfo.InvariantCulture, $"/api/generations/{jobId}/download?kind={kind}&output={index}");

    private string Link(GenerationOutput output, string kind, string baseUrl) =>
        links.Sign(baseUrl, PathOf(output.JobId, output.Index, kind), MediaLinks.ForCallers);
}
