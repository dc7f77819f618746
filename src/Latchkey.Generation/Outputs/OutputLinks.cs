using System.Globalization;
using Latchkey.Generation.Supabase;

namespace Latchkey.Generation.Outputs;

/// <summary>Where callers fetch what was made: here, or in the operator's own Supabase; never at a provider.</summary>
internal sealed class OutputLinks(MediaLinks links, SupabaseStorage storage)
{
    public const string OriginalKind = "original";
    public const string PosterKind = "poster";
    public const string PreviewKind = "preview";

    private static readonly Dictionary<string, string> NoneSigned = [];

    /// <summary>Links to this server, without asking anybody.</summary>
    /// <param name="baseUrl">Of this server, without a slash at its end.</param>
    public OutputUrls Own(string baseUrl) => new(links, baseUrl, NoneSigned);

    /// <summary>
    /// The links of one answer. Pictures in Supabase's storage are linked there; clips come through this server, as the contract has it, and so
    /// does everything while the storage does not answer.
    /// </summary>
    public async ValueTask<OutputUrls> ForAsync(
        IReadOnlyCollection<GenerationOutput> outputs,
        string baseUrl,
        CancellationToken cancellation
    )
    {
        var pictures = outputs
            .SelectMany(output => new[] { output.IsClip ? null : output.StoragePath, output.PosterPath, output.PreviewPath })
            .OfType<string>()
            .ToList();

        return pictures.Count == 0 ? Own(baseUrl) : new(links, baseUrl, await storage.SignAsync(pictures, cancellation));
    }

    /// <summary>What the signature of a link to this server covers.</summary>
    public static string PathOf(string jobId, int index, string kind) =>
        string.Create(CultureInfo.InvariantCulture, $"/api/generations/{jobId}/download?kind={kind}&output={index}");
}

/// <summary>The links of one answer, each for an hour.</summary>
/// <param name="signed">Those of Supabase, by path.</param>
internal sealed class OutputUrls(MediaLinks links, string baseUrl, IReadOnlyDictionary<string, string> signed)
{
    public string Original(GenerationOutput output) =>
        Signed(output.IsClip ? null : output.StoragePath) ?? Own(output, OutputLinks.OriginalKind);

    /// <summary>Only of an output that has one.</summary>
    public string Poster(GenerationOutput output) => Signed(output.PosterPath) ?? Own(output, OutputLinks.PosterKind);

    /// <summary>Only of an output that has one.</summary>
    public string Preview(GenerationOutput output) => Signed(output.PreviewPath) ?? Own(output, OutputLinks.PreviewKind);

    private string? Signed(string? path) => path is null ? null : signed.GetValueOrDefault(path);

    private string Own(GenerationOutput output, string kind) =>
        links.Sign(baseUrl, OutputLinks.PathOf(output.JobId, output.Index, kind), MediaLinks.ForCallers);
}
