using System.Buffers;
using Latchkey.Platform.Files;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding.Copying;

/// <summary>Segments made of the source's own packets, by our own writer: a few reads and one file, no process.</summary>
internal sealed class CopiedSegments(EncodingPlan plan, CopySource source, IStoredFileReader file)
{
    private const int BufferBytes = 256 << 10;

    public byte[] VideoInit(VideoRendition rendition)
    {
        var entry = source.VideoEntry;
        return InitSegment.Write(InitSegment.VideoEntry(entry), plan.Timescale, entry.Width, entry.Height, rendition.CompositionDelay);
    }

    public byte[] AudioInit(AudioRendition rendition) =>
        InitSegment.Write(
            InitSegment.AudioEntry(source.AudioConfiguration(rendition), rendition.Channels, rendition.SampleRate),
            rendition.SampleRate,
            width: 0,
            height: 0,
            Math.Max(0, -rendition.FirstFrameAt)
        );

    public async Task WriteVideoAsync(VideoRendition rendition, int number, string path, CancellationToken cancellation)
    {
        var frames = await source.VideoAsync(plan, number, file, cancellation);
        var samples = SegmentTiming.Of(
            [.. frames.Select(frame => frame.Shown)],
            plan.Boundaries[number],
            plan.Boundaries[number + 1],
            rendition.CompositionDelay,
            i => frames[i].Size,
            i => frames[i].IsSync
        );

        await WriteAsync(frames, FragmentWriter.Head((uint)number + 1, plan.Boundaries[number], samples), default, path, cancellation);
    }

    public async Task WriteAudioAsync(AudioRendition rendition, int number, string path, CancellationToken cancellation)
    {
        var frames = await source.AudioAsync(plan, rendition, number, file, cancellation);
        var silence = SilentAac.Frame(rendition.Channels);
        var samples = frames
            .Select(frame => new FragmentSample(
                frame.Offset == CopiedFrame.Silent ? silence.Length : frame.Size,
                AudioRendition.SamplesPerFrame,
                0,
                IsSync: true
            ))
            .ToList();

        // Frames before zero are taken off again by the edit list.
        var decodeTime = (rendition.FrameBoundaries[number] * AudioRendition.SamplesPerFrame) + Math.Max(0, rendition.FirstFrameAt);

        await WriteAsync(frames, FragmentWriter.Head((uint)number + 1, decodeTime, samples), silence, path, cancellation);
    }

    private async Task WriteAsync(
        CopiedFrame[] frames,
        ReadOnlyMemory<byte> head,
        ReadOnlyMemory<byte> silence,
        string path,
        CancellationToken cancellation
    )
    {
        await using var output = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        await output.WriteAsync(head, cancellation);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var filled = 0;

        try
        {
            for (var i = 0; i < frames.Length; )
            {
                if (frames[i].Offset == CopiedFrame.Silent)
                {
                    await FlushAsync(buffer.Length - silence.Length);
                    silence.CopyTo(buffer.AsMemory(filled));
                    filled += silence.Length;
                    i++;
                    continue;
                }

                // Neighbours in the file are read at once.
                var start = frames[i].Offset;
                var end = start;

                while (i < frames.Length && frames[i].Offset == end)
                {
                    end += frames[i++].Size;
                }

                for (var at = start; at < end; )
                {
                    await FlushAsync(buffer.Length - 1);
                    var part = buffer.AsMemory(filled, (int)Math.Min(buffer.Length - filled, end - at));

                    if (await Mp4Reader.ReadFullyAsync(file, at, part, cancellation) != part.Length)
                    {
                        throw new MediaException(MediaFailure.Truncated, "The source ended within a sample.");
                    }

                    filled += part.Length;
                    at += part.Length;
                }
            }

            await FlushAsync(0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        // Small frames that lie apart are written together.
        async ValueTask FlushAsync(int most)
        {
            if (filled > most)
            {
                await output.WriteAsync(buffer.AsMemory(0, filled), cancellation);
                filled = 0;
            }
        }
    }
}
