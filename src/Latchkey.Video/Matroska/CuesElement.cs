using Latchkey.Video.Encoding;

namespace Latchkey.Video.Matroska;

/// <summary>Cues: which clusters hold which keyframes.</summary>
internal static class CuesElement
{
    private const int MaxCues = 1_000_000;

    /// <returns>Positions counted from the segment's start; that of the block from its cluster's content.</returns>
    public static List<(long Time, long Track, long Cluster, long? Block)> Read(ReadOnlySpan<byte> body)
    {
        var cues = new List<(long, long, long, long?)>();
        var points = new EbmlSpan(body);

        while (points.TryElement(out var id, out var point))
        {
            if (id == ElementId.CuePoint)
            {
                ReadPoint(point, cues);
            }
        }

        return cues;
    }

    private static void ReadPoint(ReadOnlySpan<byte> body, List<(long, long, long, long?)> cues)
    {
        long time = 0;
        var children = new EbmlSpan(body);

        while (children.TryElement(out var id, out var content))
        {
            if (id == ElementId.CueTime)
            {
                time = EbmlSpan.Unsigned(content);
            }
            else if (id == ElementId.CueTrackPositions)
            {
                if (cues.Count == MaxCues)
                {
                    throw new MediaException(MediaFailure.TooManyFrames, "The file has more cues than are allowed.");
                }

                cues.Add(ReadPositions(time, content));
            }
        }
    }

    private static (long, long, long, long?) ReadPositions(long time, ReadOnlySpan<byte> body)
    {
        long track = 0,
            cluster = 0;
        long? block = null;
        var children = new EbmlSpan(body);

        while (children.TryElement(out var id, out var content))
        {
            switch (id)
            {
                case ElementId.CueTrack:
                    track = EbmlSpan.Unsigned(content);
                    break;
                case ElementId.CueClusterPosition:
                    cluster = EbmlSpan.Unsigned(content);
                    break;
                case ElementId.CueRelativePosition:
                    block = EbmlSpan.Unsigned(content);
                    break;
            }
        }

        return (time, track, cluster, block);
    }
}
