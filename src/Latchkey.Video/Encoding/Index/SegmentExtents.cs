using Latchkey.Platform.Files;
using Latchkey.Video.Matroska;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding.Index;

/// <summary>Which bytes of the source a segment is made of, with what a decoder reads before and behind it: once they are there, it can be made.</summary>
internal sealed class SegmentExtents
{
    /// <summary>Decoders and demuxers run ahead of what they put out; sound stands beside its picture, before or behind.</summary>
    private const double AheadSeconds = 2;
    private const double BehindSeconds = 1;

    /// <summary>Where nothing tells positions, bytes and time are thought to go together, give or take so much.</summary>
    private const double UnevenPart = 0.1;
    private const long UnevenBytes = 8 << 20;

    private readonly EncodingPlan _plan;
    private readonly long _length;

    /// <summary>When something is shown, in seconds of the plan, and where it lies; rising in time.</summary>
    private readonly (double At, ByteRange Bytes)[]? _places;

    private SegmentExtents(EncodingPlan plan, long length, IEnumerable<(double At, ByteRange Bytes)>? places)
    {
        _plan = plan;
        _length = length;
        _places = places?.OrderBy(place => place.At).ToArray();
    }

    /// <param name="file">The whole file, or what has arrived of it: a <see cref="ReceivedFile"/>.</param>
    public static async Task<SegmentExtents> OpenAsync(EncodingPlan plan, IStoredFileReader file, CancellationToken cancellation)
    {
        var length = file.File.Length;

        if (await Mp4Reader.ReadAsync(file, cancellation) is { } mp4)
        {
            Mp4Track?[] tracks = [Mp4Index.FindVideo(mp4), Mp4Index.FindAudio(mp4)];
            return new SegmentExtents(plan, length, tracks.OfType<Mp4Track>().SelectMany(track => PlacesOf(track, plan)));
        }

        var matroska = await MatroskaReader.ReadAsync(file, cancellation, mayLackCues: true);

        if (matroska is { LacksCues: true })
        {
            matroska = await GuessedCues.AddAsync(matroska, file, cancellation);
        }

        if (matroska is { Cues.Count: > 0 } && MatroskaIndex.Pick(matroska, MatroskaTrackKind.Video) is { } video)
        {
            var cues = matroska.Cues.Where(cue => cue.Track == video.Number).ToList();
            long[] clusters = [.. cues.Select(cue => cue.Cluster).Distinct().Order(), matroska.End];
            return new SegmentExtents(
                plan,
                length,
                cues.Select(cue => PlaceOf(cue, clusters[Array.BinarySearch(clusters, cue.Cluster) + 1], matroska, plan))
            );
        }

        // Of a file whose length is not known yet, the plan says what it was thought to be.
        return new SegmentExtents(plan, length < ReceivedFile.UnknownLength ? length : LengthOf(plan.Source), null);
    }

    /// <summary>
    /// The bytes that a segment of any rendition needs, besides those that the index was made of. Exact for MP4 and Matroska with cues; an
    /// estimate on the safe side for others.
    /// </summary>
    public ByteRange Of(int segment)
    {
        var seek = (double)_plan.SeekPoints[segment] / _plan.Timescale;
        var (from, to) = (Math.Min(seek, _plan.Seconds(segment) - BehindSeconds), _plan.Seconds(segment + 1) + AheadSeconds);

        return _places is { Length: > 0 } ? Placed(from, to) : Estimated(from, to);
    }

    private ByteRange Placed(double from, double to)
    {
        var first = 0;

        for (var high = _places!.Length; first < high; )
        {
            var middle = (first + high) / 2;
            (first, high) = _places[middle].At < from - 0.0005 ? (middle + 1, high) : (first, middle);
        }

        // Of cues, the one before: what is shown now lies behind it.
        first = first > 0 && (first == _places.Length || _places[first].At > from + 0.0005) ? first - 1 : first;
        var (start, end) = (long.MaxValue, 0L);

        for (var i = first; i < _places.Length && (i == first || _places[i].At < to); i++)
        {
            (start, end) = (Math.Min(start, _places[i].Bytes.From), Math.Max(end, _places[i].Bytes.To));
        }

        return new ByteRange(start, Math.Min(end, _length));
    }

    private ByteRange Estimated(double from, double to)
    {
        var (start, end) = (from / _plan.DurationSeconds, to / _plan.DurationSeconds);

        return new ByteRange(
            (long)Math.Clamp(((start - UnevenPart) * _length) - UnevenBytes, 0, _length),
            (long)Math.Clamp(((end + UnevenPart) * _length) + UnevenBytes, 0, _length)
        );
    }

    private static long LengthOf(SourceFacts source) => (long)((source.Bitrate ?? 0) * 1000 / 8 * source.DurationSeconds);

    private static IEnumerable<(double At, ByteRange Bytes)> PlacesOf(Mp4Track track, EncodingPlan plan)
    {
        var origin = (double)plan.Origin / plan.Timescale;

        for (var i = 0; i < track.Samples.Count; i++)
        {
            var (offset, size) = (track.Samples.Offset(i), track.Samples.Size(i));
            yield return ((double)track.PresentationTime(i) / track.Timescale - origin, new ByteRange(offset, offset + size));
        }
    }

    /// <summary>From a cue's cluster to the end of that of the next.</summary>
    private static (double At, ByteRange Bytes) PlaceOf(MatroskaCue cue, long next, MatroskaFile file, EncodingPlan plan) =>
        (((double)cue.Time * file.TimestampScale / 1e9) - ((double)plan.Origin / plan.Timescale), new ByteRange(cue.Cluster, next));
}
