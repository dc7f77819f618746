using Latchkey.Platform.Files;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding;

/// <summary>Sound: frames are counted, whatever fragments they came in.</summary>
internal sealed class AudioCutter(AudioRendition rendition, EncodingPlan plan, RunRequest run, ScratchFolder scratch, string path)
    : SegmentCutter(rendition.Folder, plan, run, scratch, path)
{
    protected override CutSegment? TryCut(bool ended)
    {
        const int dropped = EncodeArguments.AudioLeadIn + EncodeArguments.AudioPriming;
        var start = rendition.FrameBoundaries[Next];
        var end = rendition.FrameBoundaries[Next + 1];
        var from = (int)(start - rendition.FrameBoundaries[Run.From]) + dropped;
        var count = (int)(end - start);

        if (from + count > Source.Samples.Count)
        {
            return null;
        }

        var samples = new List<FragmentSample>(count);

        for (var i = from; i < from + count; i++)
        {
            samples.Add(new FragmentSample(Source.Samples.Size(i), AudioRendition.SamplesPerFrame, 0, IsSync: true));
        }

        return new CutSegment(Next, from, start * AudioRendition.SamplesPerFrame, samples);
    }

    protected override byte[] Init(SampleEntry entry)
    {
        if (
            entry.AudioConfiguration is not { } configuration
            || AacConfiguration.Read(configuration) is not { IsPlain: true } aac
            || aac.SampleRate != rendition.SampleRate
        )
        {
            throw new MediaException(MediaFailure.EncoderFailed, "The encoder did not make AAC-LC of the rate that was asked for.");
        }

        return InitSegment.Write(
            InitSegment.AudioEntry(configuration, rendition.Channels, rendition.SampleRate),
            rendition.SampleRate,
            width: 0,
            height: 0,
            mediaTime: 0
        );
    }
}
