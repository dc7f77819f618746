using System.Globalization;
using Latchkey.Platform.Files;
using Latchkey.Video.Encoding.Index;

namespace Latchkey.Video.Encoding;

/// <summary>From a complete source to its plan, or the named reason why there can be none.</summary>
internal sealed class SourcePlanner(SourceIndexer indexer, IFileStore files, EncodingOptions options)
{
    public const string SourceMissing = "source_missing";

    /// <exception cref="MediaException">It cannot be shown.</exception>
    public async Task<EncodingPlan> PlanAsync(VideoEncoding encoding, CancellationToken cancellation)
    {
        await using var reader =
            await files.OpenAsync(encoding.SourceKey, cancellation)
            ?? throw new MediaException(
                SourceMissing,
                string.Create(CultureInfo.InvariantCulture, $"No source of {encoding.VideoId} in the store.")
            );

        var index = await indexer.IndexAsync(new SourceInput(reader, files.InputFor(encoding.SourceKey)), cancellation);

        return PlanMaker.Make(index, OptionsOf(encoding));
    }

    public PlanOptions OptionsOf(VideoEncoding encoding) =>
        new(encoding.PlanVersion + 1, encoding.MayCopy)
        {
            Ladder = options.Ladder,
            ClipStart = encoding.ClipStart,
            ClipEnd = encoding.ClipEnd,
        };
}
