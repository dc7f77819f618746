using Latchkey.Video.Matroska;

namespace Latchkey.Video.Encoding.Index;

/// <param name="Cues">Of the video, rising; empty when there are none.</param>
internal sealed record MatroskaTimes(FrameTimes Frames, IReadOnlyList<MatroskaCue> Cues, MatroskaHead Head)
{
    /// <summary>A packet now and then is larger than those of the beginning.</summary>
    private const double PeakOverHead = 1.5;

    /// <summary>AAC frames one after the other, as far as the beginning shows; <c>null</c> when they are not.</summary>
    public AudioCopy? Sound(MatroskaTrack track, int sampleRate)
    {
        var sound = Head.Sound(track);

        if (sound.Count == 0)
        {
            return null;
        }

        var first = Samples(sound[0].Time, sampleRate);
        long frames = 0,
            bytes = 0;

        foreach (var block in sound)
        {
            var due = first + (frames * AudioRendition.SamplesPerFrame);

            if (Math.Abs(Samples(block.Time, sampleRate) - due) > AudioRendition.SamplesPerFrame / 2)
            {
                return null;
            }

            frames += block.Frames;
            bytes += block.Bytes;
        }

        var end = Samples(Frames.End, sampleRate);
        var count = Math.Max(0, (end - first + AudioRendition.SamplesPerFrame - 1) / AudioRendition.SamplesPerFrame);
        var bits = bytes * 8.0 * sampleRate / (frames * AudioRendition.SamplesPerFrame);

        return new AudioCopy(first, (int)Math.Min(count, int.MaxValue), (_, _) => (long)(bits * PeakOverHead));
    }

    private long Samples(long ticks, int sampleRate) => (long)Math.Round((decimal)ticks * sampleRate / Frames.Timescale);
}
