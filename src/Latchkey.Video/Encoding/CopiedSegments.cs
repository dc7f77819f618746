using System.Buffers;
using Latchkey.Platform.Files;
using Latchkey.Video.Encoding.Index;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding;

/// <summary>Segments made of the source's own packets, by our own writer: a few reads and one file, no process.</summary>
internal sealed class CopiedSegments(EncodingPlan plan, Mp4File source, IStoredFileReader file)
{
    private const int BufferBytes = 256 << 10;

    private readonly Dictionary<long, int> _cuts = [];

    public byte[] VideoInit(VideoRendition rendition)
    {
        var entry = Video().Entry;
        return InitSegment.Write(InitSegment.VideoEntry(entry), plan.Timescale, entry.Width, entry.Height, rendition.CompositionDelay);
    }

    public byte[] AudioInit(AudioRendition rendition) =>
        InitSegment.Write(
            InitSegment.AudioEntry(Audio().Entry.AudioConfiguration, rendition.Channels, rendition.SampleRate),
            rendition.SampleRate,
            width: 0,
            height: 0,
            Math.Max(0, -rendition.FirstFrameAt)
        );

    public Task WriteVideoAsync(VideoRendition rendition, int number, string path, CancellationToken cancellation)
    {
        var track = Video();
        var from = SampleAt(track, number);
        var to = number + 1 < plan.SegmentCount ? SampleAt(track, number + 1) : track.Samples.Count;
        var shown = new long[to - from];

        for (var i = from; i < to; i++)
        {
            shown[i - from] = track.PresentationTime(i) - plan.Origin;
        }

        var samples = SegmentTiming.Of(
            shown,
            plan.Boundaries[number],
            plan.Boundaries[number + 1],
            rendition.CompositionDelay,
            i => track.Samples.Size(from + i),
            i => track.Samples.IsSync(from + i)
        );

        return WriteAsync(
            track.Samples,
            from,
            FragmentWriter.Head((uint)number + 1, plan.Boundaries[number], samples),
            samples.Count,
            path,
            cancellation
        );
    }

    public Task WriteAudioAsync(AudioRendition rendition, int number, string path, CancellationToken cancellation)
    {
        var track = Audio();
        var start = rendition.FrameBoundaries[number];
        var from = rendition.FirstSourceFrame + (int)start;
        var count = (int)(rendition.FrameBoundaries[number + 1] - start);

        if (from + count > track.Samples.Count)
        {
            throw Changed();
        }

        var samples = new List<FragmentSample>(count);

        for (var i = from; i < from + count; i++)
        {
            samples.Add(new FragmentSample(track.Samples.Size(i), AudioRendition.SamplesPerFrame, 0, IsSync: true));
        }

        // Frames before zero are taken off again by the edit list.
        var decodeTime = (start * AudioRendition.SamplesPerFrame) + Math.Max(0, rendition.FirstFrameAt);

        return WriteAsync(track.Samples, from, FragmentWriter.Head((uint)number + 1, decodeTime, samples), count, path, cancellation);
    }

    private async Task WriteAsync(
        SampleTable samples,
        int from,
        ReadOnlyMemory<byte> head,
        int count,
        string path,
        CancellationToken cancellation
    )
    {
        await using var output = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        await output.WriteAsync(head, cancellation);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);

        try
        {
            for (var i = from; i < from + count; )
            {
                // Neighbours in the file are read at once.
                var start = samples.Offset(i);
                var end = start;

                while (i < from + count && samples.Offset(i) == end)
                {
                    end += samples.Size(i++);
                }

                for (var at = start; at < end; )
                {
                    var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - at));

                    if (await Mp4Reader.ReadFullyAsync(file, at, part, cancellation) != part.Length)
                    {
                        throw new MediaException(MediaFailure.Truncated, "The source ended within a sample.");
                    }

                    await output.WriteAsync(part, cancellation);
                    at += part.Length;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private int SampleAt(Mp4Track track, int boundary)
    {
        if (_cuts.Count == 0)
        {
            for (var i = 0; i < track.Samples.Count; i++)
            {
                if (track.Samples.IsSync(i))
                {
                    _cuts.TryAdd(track.PresentationTime(i) - plan.Origin, i);
                }
            }
        }

        return _cuts.TryGetValue(plan.Boundaries[boundary], out var sample) ? sample : throw Changed();
    }

    private Mp4Track Video() => Mp4Index.FindVideo(source) ?? throw Changed();

    private Mp4Track Audio() => Mp4Index.FindAudio(source) ?? throw Changed();

    private static MediaException Changed() => new(MediaFailure.Malformed, "The source is not the one that the plan was made of.");
}
