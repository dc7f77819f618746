using Latchkey.Platform.Files;
using Latchkey.Video.Matroska;

namespace Latchkey.Video.Encoding.Index;

/// <summary>
/// Cues of a Matroska file whose own stand behind what has arrived of it: the keyframes that are there, as ffmpeg and others list each of them,
/// and beyond those more of them, as far apart. Good for the segments that lie among the true ones; the rest is for the whole file to say.
/// </summary>
internal static class GuessedCues
{
    /// <summary>As much as is wanted early, and what shows how keyframes lie.</summary>
    private const double MostSeconds = 60;

    private const int MostCues = 100_000;

    /// <returns><c>null</c> as long as there is too little to guess from, or nothing says how long the film is.</returns>
    public static async Task<MatroskaFile?> AddAsync(MatroskaFile file, IStoredFileReader source, CancellationToken cancellation)
    {
        if (
            MatroskaIndex.Pick(file, MatroskaTrackKind.Video) is not { } video
            || file is not { Duration: { } duration, Timescale: { } timescale }
            || file.End >= ReceivedFile.UnknownLength
        )
        {
            return null;
        }

        var cues = await ReadAsync(file, video, MostSeconds * timescale, source, cancellation);

        if (cues.Count < 2)
        {
            return null;
        }

        var step = Math.Max(1, (cues[^1].Time - cues[0].Time) / (cues.Count - 1));

        // They lie where nothing has arrived, so that nobody takes them for true.
        for (var next = cues[^1].Time + step; next < duration && cues.Count < MostCues; next += step)
        {
            cues.Add(new MatroskaCue(next, video.Number, file.End - 1, null));
        }

        return file with
        {
            Cues = cues,
        };
    }

    private static async Task<List<MatroskaCue>> ReadAsync(
        MatroskaFile file,
        MatroskaTrack video,
        double until,
        IStoredFileReader source,
        CancellationToken cancellation
    )
    {
        var cues = new List<MatroskaCue>();
        var clusters = new ClusterReader(file, source);
        clusters.Seek(file.FirstCluster);

        try
        {
            while (await clusters.NextAsync(cancellation) is { } block && block.Time < until)
            {
                if (block.Track == video.Number && block.IsKey && (cues.Count == 0 || block.Time > cues[^1].Time))
                {
                    cues.Add(new MatroskaCue(block.Time, block.Track, block.Cluster, null));
                }
            }
        }
        catch (BytesMissingException)
        {
            // So far it has arrived.
        }

        return cues;
    }
}
