using Latchkey.Video.Encoding.Storyboards;

namespace Latchkey.Video.Encoding;

/// <param name="Renditions">Names of video renditions, and <see cref="AudioRendition.FolderName"/> and <see cref="Storyboard.FolderName"/>.</param>
/// <param name="From">First segment.</param>
/// <param name="To">One after the last.</param>
internal sealed record RunRequest(IReadOnlyCollection<string> Renditions, int From, int To, RunPriority Priority)
{
    /// <summary>
    /// The init segments that are stored already, by rendition. What this run makes must be equal to them (else <see cref="MediaFailure.EncoderChanged"/>),
    /// and <c>made</c> is not told of them again.
    /// </summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> KnownInits { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <summary>Encoded renditions, and the storyboard, of which only later segments are wanted, with the first of them.</summary>
    public IReadOnlyDictionary<string, int> Joins { get; init; } = new Dictionary<string, int>();

    /// <summary>The first segment that is wanted of a rendition.</summary>
    public int StartOf(string rendition) => Math.Max(From, Joins.GetValueOrDefault(rendition, From));
}

internal enum RunPriority
{
    /// <summary>Somebody waits for the picture.</summary>
    Waited,

    /// <summary>Somebody will probably want it soon.</summary>
    First,

    Background,
}

/// <summary>A finished file: segment <paramref name="Number"/> of a rendition, or its init segment when that is <c>null</c>. A storyboard's segments are pictures.</summary>
internal sealed record MadeSegment(string Rendition, int? Number, string Path)
{
    public const string InitName = "init.mp4";

    /// <summary><c>init.mp4</c>, <c>0.m4s</c>, <c>1.m4s</c> …</summary>
    public string FileName =>
        Number is not { } number ? InitName
        : Rendition == Storyboard.FolderName ? Storyboard.TileName(number)
        : NameOf(number);

    public static string NameOf(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number}.m4s");

    public static int NumberOf(string name) =>
        int.Parse(System.IO.Path.GetFileNameWithoutExtension(name), System.Globalization.CultureInfo.InvariantCulture);
}
