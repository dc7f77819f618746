using Latchkey.Platform.Files;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding;

/// <summary>Cuts one rendition's segments out of the file that ffmpeg writes, as they become whole.</summary>
internal abstract class SegmentCutter(string rendition, EncodingPlan plan, RunRequest run, ScratchFolder scratch, string path) : IDisposable
{
    private readonly byte[] _buffer = new byte[128 << 10];
    private bool _toldOfInit;

    protected EncodingPlan Plan { get; } = plan;

    protected RunRequest Run { get; } = run;

    protected GrowingMp4 Source { get; } = new(path);

    /// <summary>The next segment to come.</summary>
    protected int Next { get; set; } = run.From;

    public string Path { get; } = path;

    public bool IsDone => Next >= Run.To;

    /// <summary>What is wrong when ffmpeg has ended well, and not everything is there.</summary>
    public MediaException Missing() => new(MediaFailure.Undecodable, $"Segment {Next} of {rendition} did not come out of the source.");

    /// <summary>Takes what ffmpeg wrote since the last time.</summary>
    /// <param name="ended">Whether no more will come.</param>
    public async ValueTask FollowAsync(bool ended, Func<MadeSegment, ValueTask> made)
    {
        Source.Follow();

        // ffmpeg writes it when it has opened the encoder, long before the first segment is whole: who jumps elsewhere need not wait for that.
        if (!_toldOfInit && Source.Entry is { } entry)
        {
            await InitFile.TellAsync(rendition, Init(entry), Run, scratch, made);
            _toldOfInit = true;
        }

        while (!IsDone && TryCut(ended) is { } segment)
        {
            var file = scratch.File($"{rendition}-{MadeSegment.NameOf(segment.Number)}");
            Write(file, segment);
            await made(new MadeSegment(rendition, segment.Number, file));
            Next = segment.Number + 1;
        }
    }

    public void Dispose() => Source.Dispose();

    /// <summary>The next segment, when all of it has been written.</summary>
    protected abstract CutSegment? TryCut(bool ended);

    protected abstract byte[] Init(SampleEntry entry);

    private void Write(string file, CutSegment segment)
    {
        using var output = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        output.Write(FragmentWriter.Head((uint)segment.Number + 1, segment.DecodeTime, segment.Samples).Span);
        Source.CopyTo(output, segment.From, segment.From + segment.Samples.Count, _buffer);
    }
}

/// <param name="From">Its first sample in the file.</param>
internal sealed record CutSegment(int Number, int From, long DecodeTime, List<FragmentSample> Samples);
