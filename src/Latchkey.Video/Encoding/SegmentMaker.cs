using Latchkey.Platform.Files;
using Latchkey.Video.Ffmpeg;

namespace Latchkey.Video.Encoding;

/// <summary>Makes segments: copied ones by our own writer, all encoded ones of a run by one ffmpeg that decodes once.</summary>
internal sealed class SegmentMaker(FfmpegRunner ffmpeg)
{
    /// <summary>
    /// Makes the segments <c>[From, To)</c> of the renditions asked for into the scratch folder, telling <paramref name="made"/> of each file as
    /// soon as it is whole, one call at a time. A rendition's <c>init.mp4</c> is told of before its first segment. The callee may move the file away.
    /// </summary>
    /// <exception cref="MediaException">What could not be made; segments told of before stay good.</exception>
    public Task MakeAsync(
        EncodingPlan plan,
        SourceInput source,
        RunRequest run,
        ScratchFolder scratch,
        Func<MadeSegment, ValueTask> made,
        CancellationToken cancellation
    ) => throw new NotSupportedException(ffmpeg.Options.Ffmpeg);
}

/// <param name="Renditions">Names of video renditions, and <see cref="AudioRendition.FolderName"/>.</param>
/// <param name="From">First segment.</param>
/// <param name="To">One after the last.</param>
internal sealed record RunRequest(IReadOnlyCollection<string> Renditions, int From, int To, RunPriority Priority)
{
    /// <summary>
    /// The init segments that are stored already, by rendition. What this run makes must be equal to them (else <see cref="MediaFailure.EncoderChanged"/>),
    /// and <c>made</c> is not told of them again.
    /// </summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> KnownInits { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>();
}

internal enum RunPriority
{
    /// <summary>Somebody waits for the picture.</summary>
    Waited,

    /// <summary>Niced.</summary>
    Background,
}

/// <summary>A finished file: segment <paramref name="Number"/> of a rendition, or its init segment when that is <c>null</c>.</summary>
internal sealed record MadeSegment(string Rendition, int? Number, string Path)
{
    public const string InitName = "init.mp4";

    /// <summary><c>init.mp4</c>, <c>0.m4s</c>, <c>1.m4s</c> …</summary>
    public string FileName => Number is { } number ? NameOf(number) : InitName;

    public static string NameOf(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number}.m4s");
}
