using System.Runtime.InteropServices;
using Latchkey.Platform.Files;
using Latchkey.Video.Matroska;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding.Copying;

/// <summary>A source whose packets become segments as they are: where each one's lie.</summary>
internal abstract class CopySource
{
    public abstract SampleEntry VideoEntry { get; }

    public abstract byte[]? AudioConfiguration(AudioRendition audio);

    /// <summary>The pictures of a segment in decoding order, with times on the plan's timeline.</summary>
    public abstract ValueTask<CopiedFrame[]> VideoAsync(
        EncodingPlan plan,
        int number,
        IStoredFileReader file,
        CancellationToken cancellation
    );

    /// <summary>The pieces of sound of a segment, as many as the plan counts.</summary>
    public abstract ValueTask<CopiedFrame[]> AudioAsync(
        EncodingPlan plan,
        AudioRendition audio,
        int number,
        IStoredFileReader file,
        CancellationToken cancellation
    );

    public static async Task<CopySource> OpenAsync(IStoredFileReader file, CancellationToken cancellation) =>
        await Mp4Reader.ReadAsync(file, cancellation) is { } mp4 ? new Mp4CopySource(mp4)
        : await MatroskaReader.ReadAsync(file, cancellation) is { } matroska
            ? await MatroskaCopySource.OpenAsync(matroska, file, cancellation)
        : throw Changed();

    protected static MediaException Changed() => new(MediaFailure.Malformed, "The source is not the one that the plan was made of.");
}

/// <param name="Offset">Position in the source; <see cref="Silent"/> for one that is missing there.</param>
/// <param name="Shown">In ticks of the plan; of no meaning for sound.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CopiedFrame(long Offset, int Size, long Shown, bool IsSync)
{
    public const long Silent = -1;
}
