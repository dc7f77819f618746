namespace Latchkey.Video.Encoding;

internal enum EncodeRunKind
{
    Segments,
    Poster,
    Mp4,
    Storyboard,
    Preview,
}

/// <summary>A piece of work that one node does in one go: adjoining segments of some renditions from one decode, or one of the files of which a video has one.</summary>
/// <param name="Id">Unguessable; who holds it may report on the run.</param>
/// <param name="Renditions">Names of video renditions, and <see cref="AudioRendition.FolderName"/> and <see cref="Storyboards.Storyboard.FolderName"/>; empty for other kinds.</param>
/// <param name="From">First segment.</param>
/// <param name="To">The segment after the last one.</param>
/// <param name="Version">Of the plan that it belongs to.</param>
/// <param name="Joins">Renditions whose first segments of the run are there already, with the one that they join at.</param>
[GenerateSerializer, Immutable]
internal sealed record EncodeRun(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string VideoId,
    [property: Id(2)] EncodeRunKind Kind,
    [property: Id(3)] EncodePriority Priority,
    [property: Id(4)] IReadOnlyList<string> Renditions,
    [property: Id(5)] int From,
    [property: Id(6)] int To,
    [property: Id(7)] int Version,
    [property: Id(8)] IReadOnlyDictionary<string, int> Joins
)
{
    /// <summary>Whether it is to make a segment.</summary>
    public bool Makes(string rendition, int segment) =>
        Kind == EncodeRunKind.Segments && Renditions.Contains(rendition) && StartOf(rendition) <= segment && segment < To;

    /// <summary>The first segment that it makes of a rendition.</summary>
    public int StartOf(string rendition) => Joins.GetValueOrDefault(rendition, From);
}
