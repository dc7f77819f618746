using Latchkey.Platform.Files;
using Latchkey.Video.Encoding.Index;
using Latchkey.Video.Matroska;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding.Copying;

/// <summary>Matroska: its cues tell where a segment's blocks begin; their headers tell the rest.</summary>
internal sealed class MatroskaCopySource(MatroskaFile source, MatroskaTrack video, IReadOnlyList<MatroskaCue> cues) : CopySource
{
    /// <summary>Sound may stand so much before or behind the picture of its time.</summary>
    private const double SkewSeconds = 1;

    private const int MostFrames = 100_000;

    private readonly Dictionary<long, MatroskaCue> _cues = cues.ToDictionary(cue => cue.Time);

    public override SampleEntry VideoEntry { get; } =
        new("avc1", [])
        {
            Width = video.Width,
            Height = video.Height,
            PixelAspect = video.PixelAspect,
            AvcConfiguration = video.CodecPrivate,
        };

    public override byte[]? AudioConfiguration(AudioRendition audio) => Audio(audio).CodecPrivate;

    public static async Task<MatroskaCopySource> OpenAsync(MatroskaFile source, IStoredFileReader file, CancellationToken cancellation)
    {
        var index = new MatroskaIndex(source, file);

        return index.Video is { } video && await index.TimesAsync(cancellation) is { } times
            ? new MatroskaCopySource(source, video, times.Cues)
            : throw Changed();
    }

    public override async ValueTask<CopiedFrame[]> VideoAsync(
        EncodingPlan plan,
        int number,
        IStoredFileReader file,
        CancellationToken cancellation
    )
    {
        var clusters = new ClusterReader(source, file);
        var frames = new List<CopiedFrame>();
        var next = number + 1 < plan.SegmentCount ? plan.Boundaries[number + 1] + plan.Origin : long.MaxValue;

        for (var block = await clusters.FindAsync(CueAt(plan, number), cancellation); ; block = await clusters.NextAsync(cancellation))
        {
            if (block is not { } found || (found.Track == video.Number && found.IsKey && found.Time >= next))
            {
                break;
            }

            if (found.Track != video.Number)
            {
                continue;
            }

            if (found is not { Lacing: 0, Size: <= int.MaxValue } || frames.Count == MostFrames)
            {
                throw Changed();
            }

            frames.Add(new CopiedFrame(found.Data, (int)found.Size, found.Time - plan.Origin, found.IsKey));
        }

        return frames.Count > 0 ? [.. frames] : throw Changed();
    }

    public override async ValueTask<CopiedFrame[]> AudioAsync(
        EncodingPlan plan,
        AudioRendition rendition,
        int number,
        IStoredFileReader file,
        CancellationToken cancellation
    )
    {
        var (from, to) = (rendition.FrameBoundaries[number], rendition.FrameBoundaries[number + 1]);
        var frames = new CopiedFrame[to - from];
        Array.Fill(frames, new CopiedFrame(CopiedFrame.Silent, 0, 0, IsSync: true));
        var missing = frames.Length;
        var audio = Audio(rendition);
        var clusters = new ClusterReader(source, file);
        clusters.Seek(ClusterBefore(Ticks(from) - (SkewSeconds * plan.Timescale)));
        var last = Ticks(to) + (SkewSeconds * plan.Timescale);

        while (missing > 0 && await clusters.NextAsync(cancellation) is { } block)
        {
            if (block.Track == video.Number && block.Time > last)
            {
                break;
            }

            if (block.Track != audio.Number)
            {
                continue;
            }

            var at = (decimal)(block.Time - plan.Origin) * rendition.SampleRate / plan.Timescale;
            var frame = (long)Math.Round((at - rendition.FirstFrameAt) / AudioRendition.SamplesPerFrame) - from;

            foreach (var piece in await clusters.FramesAsync(block, cancellation))
            {
                if (frame >= 0 && frame < frames.Length && frames[frame].Offset == CopiedFrame.Silent && piece.Size > 0)
                {
                    frames[frame] = new CopiedFrame(piece.Offset, piece.Size, 0, IsSync: true);
                    missing--;
                }

                frame++;
            }
        }

        return frames;

        // Of a piece of sound, on the source's timeline.
        double Ticks(long piece) =>
            ((double)((piece * AudioRendition.SamplesPerFrame) + rendition.FirstFrameAt) * plan.Timescale / rendition.SampleRate)
            + plan.Origin;
    }

    private MatroskaTrack Audio(AudioRendition audio) =>
        MatroskaIndex.AudioTracks(source).FirstOrDefault(track => MatroskaIndex.Specifier(track) == audio.Stream) ?? throw Changed();

    private MatroskaCue CueAt(EncodingPlan plan, int boundary) =>
        _cues.TryGetValue(plan.Boundaries[boundary] + plan.Origin, out var cue) ? cue : throw Changed();

    private long ClusterBefore(double ticks)
    {
        var (low, high) = (-1, cues.Count - 1);

        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = cues[middle].Time <= ticks ? (middle, high) : (low, middle - 1);
        }

        return low < 0 ? source.FirstCluster : cues[low].Cluster;
    }
}
