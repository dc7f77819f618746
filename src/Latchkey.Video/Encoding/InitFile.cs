using Latchkey.Platform.Files;

namespace Latchkey.Video.Encoding;

/// <summary>The init segment of a rendition: told of once, and the same ever after.</summary>
internal static class InitFile
{
    /// <exception cref="MediaException"><see cref="MediaFailure.EncoderChanged"/>: another one is stored.</exception>
    public static async ValueTask TellAsync(
        string rendition,
        byte[] init,
        RunRequest run,
        ScratchFolder scratch,
        Func<MadeSegment, ValueTask> made
    )
    {
        if (run.KnownInits.TryGetValue(rendition, out var known))
        {
            if (!known.Span.SequenceEqual(init))
            {
                throw new MediaException(
                    MediaFailure.EncoderChanged,
                    $"The init segment of {rendition} differs from the one that is stored."
                );
            }

            return;
        }

        var file = scratch.File($"{rendition}-{MadeSegment.InitName}");
        await File.WriteAllBytesAsync(file, init);
        await made(new MadeSegment(rendition, null, file));
    }
}
