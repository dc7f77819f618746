using System.Globalization;
using Latchkey.Video.Encoding.Index;

namespace Latchkey.Video.Encoding;

/// <summary>The audio part of a plan: AAC frames and the segments they belong to.</summary>
internal static class AudioPlan
{
    public const int EncodedBitrate = 128_000;

    private const string LowComplexity = "mp4a.40.2";

    /// <summary>Sound that starts later or ends earlier than the picture by more is encoded, with silence in its place.</summary>
    private const double ToleratedSilence = 0.5;

    /// <summary>More than any film brings along; each has to be made.</summary>
    private const int Most = 16;

    /// <param name="boundaries">The video's, in its ticks.</param>
    /// <returns>What is heard first comes first.</returns>
    public static IReadOnlyList<AudioRendition> Make(SourceIndex index, long[] boundaries, int timescale, long origin)
    {
        if (index.Audio is not { } first)
        {
            return [];
        }

        AudioIndex[] sounds = [first, .. index.OtherAudio.Take(Most - 1)];
        var labels = AudioLabel.Of(sounds);

        return
        [
            .. sounds.Select(
                (sound, i) =>
                    Make(sound, boundaries, timescale, origin) with
                    {
                        Folder =
                            i == 0
                                ? AudioRendition.FolderName
                                : string.Create(CultureInfo.InvariantCulture, $"{AudioRendition.FolderName}-{i + 1}"),
                        Language = labels[i].Language,
                        Name = labels[i].Name,
                    }
            ),
        ];
    }

    private static AudioRendition Make(AudioIndex audio, long[] boundaries, int timescale, long origin) =>
        (audio.Copy is { } copy ? Copied(audio, copy, boundaries, timescale, origin) : null) ?? Encoded(audio, boundaries, timescale);

    private static AudioRendition? Copied(AudioIndex audio, AudioCopy copy, long[] boundaries, int timescale, long origin)
    {
        var first = copy.FirstAt - (long)Math.Round((decimal)origin * audio.SampleRate / timescale);
        var end = Samples(boundaries[^1], audio.SampleRate, timescale);

        // The first frame that is heard needs the one before it; AAC's windows overlap.
        var heard = first < 0 ? (int)Math.Min(-first / AudioRendition.SamplesPerFrame, copy.Count) : 0;
        var from = Math.Max(0, heard - 1);
        var firstAt = first + ((long)from * AudioRendition.SamplesPerFrame);
        var count = Math.Min(copy.Count - from, CeilingFrames(end - firstAt));
        var silence = ToleratedSilence * audio.SampleRate;

        if (count <= 0 || firstAt > silence || firstAt + (count * AudioRendition.SamplesPerFrame) < end - silence)
        {
            return null;
        }

        var cuts = Cuts(boundaries, audio.SampleRate, timescale, firstAt, count);

        for (var i = 0; i + 1 < cuts.Length; i++)
        {
            if (cuts[i] >= cuts[i + 1])
            {
                return null;
            }
        }

        return new AudioRendition(
            RenditionMethod.Copied,
            audio.SampleRate,
            audio.Channels,
            cuts,
            Peak(copy, cuts, from),
            LowComplexity,
            firstAt
        )
        {
            Stream = audio.Stream,
            FirstSourceFrame = from,
        };
    }

    private static AudioRendition Encoded(AudioIndex audio, long[] boundaries, int timescale)
    {
        // Devices are sure to play 44.1 and 48 kHz; anything else becomes the latter.
        var rate = audio.SampleRate == 44100 ? 44100 : 48000;
        var count = Math.Max(boundaries.Length - 1, CeilingFrames(Samples(boundaries[^1], rate, timescale)));

        return new AudioRendition(
            RenditionMethod.Encoded,
            rate,
            2,
            Cuts(boundaries, rate, timescale, 0, count),
            EncodedBitrate * 11 / 10,
            LowComplexity,
            0
        )
        {
            Stream = audio.Stream,
        };
    }

    /// <summary>Each segment begins with the frame that starts nearest to its boundary.</summary>
    private static long[] Cuts(long[] boundaries, int rate, int timescale, long firstAt, long count)
    {
        var cuts = new long[boundaries.Length];

        for (var i = 1; i < boundaries.Length; i++)
        {
            var nearest =
                (Samples(boundaries[i], rate, timescale) - firstAt + (AudioRendition.SamplesPerFrame / 2)) / AudioRendition.SamplesPerFrame;
            cuts[i] = i == boundaries.Length - 1 ? count : Math.Clamp(nearest, 0, count);
        }

        return cuts;
    }

    private static int Peak(AudioCopy copy, long[] cuts, int from)
    {
        long peak = 0;

        for (var i = 0; i + 1 < cuts.Length; i++)
        {
            peak = Math.Max(peak, copy.BitsPerSecond(from + (int)cuts[i], from + (int)cuts[i + 1]));
        }

        return (int)Math.Clamp(peak + 1, 1, int.MaxValue);
    }

    private static long Samples(long ticks, int rate, int timescale) => (long)Math.Round((decimal)ticks * rate / timescale);

    private static long CeilingFrames(long samples) =>
        Math.Max(0, (samples + AudioRendition.SamplesPerFrame - 1) / AudioRendition.SamplesPerFrame);
}
