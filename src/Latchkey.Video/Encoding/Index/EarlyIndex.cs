using Latchkey.Video.Ffmpeg;
using Latchkey.Video.Matroska;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding.Index;

/// <summary>
/// The index of a source that is still being uploaded, as soon as the bytes are there that it needs: the index in front of an MP4, the
/// header and cues of a Matroska file, both ends of anything else. It gives the plan that the whole file would give.
/// </summary>
/// <remarks>
/// Of a Matroska file whose cues come last, and of a long transport stream and its like, it gives a plan whose beginning is that of the whole
/// file's. Keyframes that have not arrived yet are believed to be clean cuts. An MP4 in fragments, and a recording with neither cues nor a
/// length, are known when they are whole.
/// </remarks>
internal sealed class EarlyIndex(SourceIndexer indexer, FfmpegRunner ffmpeg)
{
    /// <summary>What ffprobe may want to see of the beginning, where our own readers do not know a codec or a container.</summary>
    private const long ProbedHeadBytes = 8 << 20;

    private const long ProbedTailBytes = 16 << 20;

    /// <param name="source">The file as it grows. Holes in it are never read by our own readers.</param>
    /// <param name="length">Of the whole file, if it is known.</param>
    /// <returns><c>null</c> when it is not known yet: ask again when more has arrived.</returns>
    /// <exception cref="MediaException">It can never be shown; the reason is named.</exception>
    public async Task<SourceIndex?> TryAsync(SourceInput source, ReceivedBytes received, long? length, CancellationToken cancellation)
    {
        var early = source with { File = new ReceivedFile(source.File, received, length) };

        try
        {
            if (await Mp4Reader.ReadAsync(early.File, cancellation) is { } mp4)
            {
                var end = length ?? mp4.Tracks.Select(EndOf).DefaultIfEmpty().Max();
                var own = new OwnIndex(mp4 with { Length = end }, null);
                return await Mp4Index.MakeAsync(own.Mp4!, early.File, cancellation) is { } known
                    ? indexer.Check(known)
                    : await ProbeAsync(early, own, received, length, cancellation);
            }

            if (await MatroskaReader.ReadAsync(early.File, cancellation, mayLackCues: true) is { } matroska)
            {
                var completed = matroska.LacksCues ? await GuessedCues.AddAsync(matroska, early.File, cancellation) : matroska;
                return completed is null ? null : await TryAsync(completed, early, received, length, cancellation);
            }
        }
        catch (BytesMissingException)
        {
            return null;
        }

        // A short one is looked at as a whole, once it is whole.
        if ((length ?? received.EndOf(0)) <= indexer.WholeScanBytes)
        {
            return null;
        }

        return length is { } whole && received.Covers(new ByteRange(whole - Math.Min(whole, ProbedTailBytes), whole))
            ? await ProbeAsync(early, default, received, length, cancellation)
            : await GuessAsync(source, received, length, cancellation);
    }

    /// <summary>By its beginning alone, as long as that leads one to think.</summary>
    private async Task<SourceIndex?> GuessAsync(SourceInput source, ReceivedBytes received, long? length, CancellationToken cancellation)
    {
        var arrived = received.EndOf(0);
        var found = await ProbeAsync(
            source with
            {
                File = new ReceivedFile(source.File, received, length ?? arrived),
            },
            default,
            received,
            length,
            cancellation,
            arrived
        );

        return found is null ? null : found with { IsGuess = true };
    }

    private async Task<SourceIndex?> TryAsync(
        MatroskaFile matroska,
        SourceInput early,
        ReceivedBytes received,
        long? length,
        CancellationToken cancellation
    )
    {
        var end = length ?? (matroska.End < ReceivedFile.UnknownLength ? matroska.End : received.EndOf(0));
        var index = new MatroskaIndex(matroska with { Length = end }, early.File);
        var found = await index.MakeAsync(cancellation) is { } known
            ? indexer.Check(known)
            : await ProbeAsync(early, new OwnIndex(null, index), received, length, cancellation);

        return found is null ? null : found with { IsGuess = matroska.LacksCues };
    }

    private async Task<SourceIndex?> ProbeAsync(
        SourceInput source,
        OwnIndex own,
        ReceivedBytes received,
        long? length,
        CancellationToken cancellation,
        long? arrived = null
    )
    {
        if (received.EndOf(0) < Math.Min(length ?? long.MaxValue, ProbedHeadBytes))
        {
            return null;
        }

        try
        {
            var probe = new ProbeIndex(ffmpeg, indexer.WholeScanBytes) { Arrived = arrived };
            return indexer.Check(await probe.MakeAsync(source, own, cancellation));
        }
        catch (BytesMissingException)
        {
            return null;
        }
        catch (MediaException exception) when (exception.Reason is not (MediaFailure.UnsupportedContainer or MediaFailure.TooManyPixels))
        {
            // Holes in the file may have led ffprobe astray.
            return null;
        }
    }

    private static long EndOf(Mp4Track track)
    {
        long end = 0;

        for (var i = 0; i < track.Samples.Count; i++)
        {
            end = Math.Max(end, track.Samples.Offset(i) + track.Samples.Size(i));
        }

        return end;
    }
}
