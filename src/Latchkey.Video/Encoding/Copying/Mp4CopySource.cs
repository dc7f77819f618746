using Latchkey.Platform.Files;
using Latchkey.Video.Encoding.Index;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding.Copying;

/// <summary>MP4: its tables have every packet.</summary>
internal sealed class Mp4CopySource(Mp4File source) : CopySource
{
    private readonly Lazy<Dictionary<long, int>> _syncs = new(() => FindSyncs(source));

    public override SampleEntry VideoEntry => Video.Entry;

    private Mp4Track Video => Mp4Index.FindVideo(source) ?? throw Changed();

    public override byte[]? AudioConfiguration(AudioRendition audio) => Audio(audio).Entry.AudioConfiguration;

    public override ValueTask<CopiedFrame[]> VideoAsync(
        EncodingPlan plan,
        int number,
        IStoredFileReader file,
        CancellationToken cancellation
    )
    {
        var track = Video;
        var from = SampleAt(plan, number);
        var to = number + 1 < plan.SegmentCount ? SampleAt(plan, number + 1) : track.Samples.Count;
        var frames = new CopiedFrame[to - from];

        for (var i = from; i < to; i++)
        {
            var shown = track.PresentationTime(i) - plan.Origin;
            frames[i - from] = new CopiedFrame(track.Samples.Offset(i), track.Samples.Size(i), shown, track.Samples.IsSync(i));
        }

        return ValueTask.FromResult(frames);
    }

    public override ValueTask<CopiedFrame[]> AudioAsync(
        EncodingPlan plan,
        AudioRendition audio,
        int number,
        IStoredFileReader file,
        CancellationToken cancellation
    )
    {
        var samples = Audio(audio).Samples;
        var from = audio.FirstSourceFrame + (int)audio.FrameBoundaries[number];
        var to = audio.FirstSourceFrame + (int)audio.FrameBoundaries[number + 1];

        if (to > samples.Count)
        {
            throw Changed();
        }

        var frames = new CopiedFrame[to - from];

        for (var i = from; i < to; i++)
        {
            frames[i - from] = new CopiedFrame(samples.Offset(i), samples.Size(i), 0, IsSync: true);
        }

        return ValueTask.FromResult(frames);
    }

    private Mp4Track Audio(AudioRendition audio) =>
        Mp4Index.AudioTracks(source).FirstOrDefault(track => Mp4Index.Specifier(track) == audio.Stream) ?? throw Changed();

    private int SampleAt(EncodingPlan plan, int boundary) =>
        _syncs.Value.TryGetValue(plan.Boundaries[boundary] + plan.Origin, out var sample) ? sample : throw Changed();

    private static Dictionary<long, int> FindSyncs(Mp4File source)
    {
        var syncs = new Dictionary<long, int>();
        var track = Mp4Index.FindVideo(source) ?? throw Changed();

        for (var i = 0; i < track.Samples.Count; i++)
        {
            if (track.Samples.IsSync(i))
            {
                syncs.TryAdd(track.PresentationTime(i), i);
            }
        }

        return syncs;
    }
}
