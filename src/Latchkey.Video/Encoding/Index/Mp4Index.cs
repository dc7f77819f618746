using Latchkey.Platform.Files;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding.Index;

/// <summary>The index of an MP4 file of H.264 with AAC or without sound: known from its boxes alone, with no process started.</summary>
internal static class Mp4Index
{
    private const string Container = "mov";

    /// <returns><c>null</c> when there is something in it that ffprobe knows better.</returns>
    public static async Task<SourceIndex?> MakeAsync(Mp4File file, IStoredFileReader source, CancellationToken cancellation)
    {
        if (FindVideo(file) is not { } video)
        {
            throw new MediaException(MediaFailure.NoVideo, "No track of the file is a video.");
        }

        var audio = FindAudio(file);

        if (video.Entry.IsEncrypted || audio is { Entry.IsEncrypted: true })
        {
            throw new MediaException(MediaFailure.Encrypted, "The media is encrypted.");
        }

        if (
            !IsAvc(video)
            || video.Entry.AvcConfiguration is not { } avcc
            || AvcConfiguration.Read(avcc) is not { } avc
            || (!avc.Is420EightBit && video.Entry.Colour is not null)
            || video.Edits.IsComplex
            || !video.Orientation.IsPlain
            || (audio is not null && CodecOf(audio) is null)
        )
        {
            return null;
        }

        if (Frames(video) is not { } frames)
        {
            return null;
        }

        var copy = avc is { Is420EightBit: true, IsInterlaced: false } ? FindCuts(video, frames, avc) : null;

        return new SourceIndex(
            Container,
            file.Length,
            new VideoIndex
            {
                Stream = Specifier(video),
                Codec = "h264",
                Width = video.Entry.Width,
                Height = video.Entry.Height,
                PixelAspect = video.Entry.PixelAspect,
                Rotation = video.Orientation.Rotation,
                Interlaced = avc.IsInterlaced,
                IsWideGamut = IsWideGamut(video.Entry),
                Frames = frames,
                Bytes = Bytes(video.Samples),
                Copy = copy is not null && await AreIdrAsync(video, frames, copy, avc.LengthSize, source, cancellation) ? copy : null,
            },
            audio is null ? null : Audio(audio)
        )
        {
            OtherAudio = OtherAudio(file),
        };
    }

    public static Mp4Track? FindVideo(Mp4File file) => Find(file, Mp4TrackKind.Video);

    public static Mp4Track? FindAudio(Mp4File file) => Find(file, Mp4TrackKind.Audio);

    public static IReadOnlyList<AudioIndex> OtherAudio(Mp4File file) =>
        [.. AudioTracks(file).Where(track => track != FindAudio(file) && !track.Entry.IsEncrypted).Select(Audio)];

    public static IEnumerable<Mp4Track> AudioTracks(Mp4File file) =>
        file.Tracks.Where(track => track.Kind == Mp4TrackKind.Audio && track.Samples.Count > 0);

    /// <summary>ffmpeg gives a stream of this container its track's number.</summary>
    public static string Specifier(Mp4Track track) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"i:{track.Id}");

    public static long Bytes(SampleTable samples)
    {
        long bytes = 0;

        for (var i = 0; i < samples.Count; i++)
        {
            bytes += samples.Size(i);
        }

        return bytes;
    }

    /// <summary>When frames are shown, as the edit list has it; <c>null</c> when it shows none.</summary>
    public static FrameTimes? Frames(Mp4Track video)
    {
        var samples = video.Samples;
        var shown = new List<long>(samples.Count);
        var keyframes = new List<long>();
        var last = video.Edits.Duration is { } duration ? video.Edits.Delay + duration : long.MaxValue;
        long end = 0;

        for (var i = 0; i < samples.Count; i++)
        {
            var at = video.PresentationTime(i);

            if (samples.IsSync(i))
            {
                keyframes.Add(at);
            }

            // The edit's length comes in the movie's coarser ticks: a frame of which more than half is shown counts.
            if (at >= video.Edits.Delay && at + (samples.Duration(i) / 2) < last)
            {
                shown.Add(at);
                end = Math.Max(end, at + samples.Duration(i));
            }
        }

        if (shown.Count == 0)
        {
            return null;
        }

        shown.Sort();
        keyframes.Sort();
        return new FrameTimes((int)video.Timescale, [.. shown], [.. keyframes], Math.Max(end, shown[^1] + 1));
    }

    private static Mp4Track? Find(Mp4File file, Mp4TrackKind kind)
    {
        var candidates = file.Tracks.Where(track => track.Kind == kind && track.Samples.Count > 0).ToList();
        return candidates.FirstOrDefault(track => track.IsEnabled) ?? candidates.FirstOrDefault();
    }

    /// <summary>Primaries and transfer of a colr box, by the numbers of ISO/IEC 23091-2.</summary>
    private static bool IsWideGamut(SampleEntry entry) => entry.Colour is [_, _, _, _, 0, 9, 0, not (16 or 18), ..];

    private static bool IsAvc(Mp4Track video) => video.Entry.Format == "avc1" || video.Entry.Format == "avc3";

    /// <summary>Keyframes before which everything is decoded earlier and after which everything is shown later.</summary>
    private static VideoCopy? FindCuts(Mp4Track video, FrameTimes frames, AvcConfiguration avc)
    {
        var samples = video.Samples;

        if (video.HasSeveralEntries || frames.Timescale > EncodingPlan.MaxTimescale)
        {
            return null;
        }

        var earliestAfter = new long[samples.Count + 1];
        earliestAfter[samples.Count] = long.MaxValue;

        for (var i = samples.Count - 1; i >= 0; i--)
        {
            earliestAfter[i] = Math.Min(earliestAfter[i + 1], video.PresentationTime(i));
        }

        var cuts = new List<int>();
        var latestBefore = long.MinValue;

        for (var i = 0; i < samples.Count; i++)
        {
            var at = video.PresentationTime(i);

            if (samples.IsSync(i) && earliestAfter[i] == at && latestBefore < at && at >= frames.Shown[0])
            {
                cuts.Add(i);
            }

            latestBefore = Math.Max(latestBefore, at);
        }

        // What is cut away at either end would come back, since packets are copied whole.
        if (cuts.Count == 0 || video.PresentationTime(cuts[0]) != frames.Shown[0] || samples.Count - cuts[0] != frames.Shown.Length)
        {
            return null;
        }

        var times = new long[cuts.Count];
        var bytes = new long[cuts.Count];
        long delay = 0;

        for (var cut = 0; cut < cuts.Count; cut++)
        {
            var from = cuts[cut];
            var to = cut + 1 < cuts.Count ? cuts[cut + 1] : samples.Count;
            var shown = new long[to - from];

            for (var i = from; i < to; i++)
            {
                shown[i - from] = video.PresentationTime(i);
                bytes[cut] += samples.Size(i);
            }

            times[cut] = shown[0];
            delay = Math.Max(delay, DecodeOrder.Delay(shown));
        }

        return new VideoCopy(video.Entry.Format + avc.Codecs[4..], times, bytes, delay);
    }

    /// <summary>
    /// Whether the keyframes where segments would begin lean on nothing before them: times alone cannot tell a recovery point. What has
    /// not arrived yet is taken for good.
    /// </summary>
    private static async Task<bool> AreIdrAsync(
        Mp4Track video,
        FrameTimes frames,
        VideoCopy copy,
        int lengthSize,
        IStoredFileReader source,
        CancellationToken cancellation
    )
    {
        if (Grid.OnKeyframes(copy.Cuts, frames.End, frames.Timescale) is not { } starts)
        {
            return false;
        }

        var wanted = starts.Select(start => copy.Cuts[start]).ToHashSet();

        for (var i = 0; i < video.Samples.Count; i++)
        {
            if (!video.Samples.IsSync(i) || !wanted.Contains(video.PresentationTime(i)))
            {
                continue;
            }

            try
            {
                if (!await AvcSample.IsIdrAsync(source, video.Samples.Offset(i), video.Samples.Size(i), lengthSize, cancellation))
                {
                    return false;
                }
            }
            catch (BytesMissingException)
            {
                continue;
            }
        }

        return true;
    }

    public static AudioIndex Audio(Mp4Track track)
    {
        var plain = track.Entry.AudioConfiguration is { } bytes ? AacConfiguration.Read(bytes) : null;

        return new AudioIndex
        {
            Stream = Specifier(track),
            Codec = CodecOf(track) ?? track.Entry.Format.ToString(),
            Language = track.Language,
            Title = track.Title,
            SampleRate = plain?.SampleRate ?? track.Entry.SampleRate,
            Channels = plain?.Channels ?? track.Entry.Channels,
            Copy =
                plain is not null && IsEven(track, plain)
                    ? new AudioCopy(track.PresentationTime(0), track.Samples.Count, (from, to) => Bits(track, from, to))
                    : null,
        };
    }

    /// <summary>ffmpeg's name of a codec; <c>null</c> when only ffprobe can tell what it is.</summary>
    private static string? CodecOf(Mp4Track audio) =>
        audio.Entry switch
        {
            { AudioConfiguration: not null } => "aac",
            { SampleRate: <= 0 } or { Channels: 0 } => null,
            var entry when entry.Format == "ac-3" => "ac3",
            var entry when entry.Format == "ec-3" => "eac3",
            var entry when entry.Format == "Opus" => "opus",
            _ => null,
        };

    private static long Bits(Mp4Track track, int from, int to)
    {
        long bytes = 0;

        for (var i = from; i < to; i++)
        {
            bytes += track.Samples.Size(i);
        }

        return bytes * 8 * track.Timescale / ((to - from) * AudioRendition.SamplesPerFrame);
    }

    /// <summary>Below 32 kHz, AAC may carry SBR without saying so; it is cheap to encode anew.</summary>
    private static bool IsEven(Mp4Track track, AacConfiguration configuration)
    {
        if (
            configuration is not { IsPlain: true, SampleRate: >= 32000 and <= 48000, Channels: 1 or 2 }
            || track.Timescale != configuration.SampleRate
            || track.Edits.IsComplex
            || track.HasSeveralEntries
        )
        {
            return false;
        }

        for (var i = 0; i < track.Samples.Count - 1; i++)
        {
            if (track.Samples.Duration(i) != AudioRendition.SamplesPerFrame)
            {
                return false;
            }
        }

        return true;
    }
}
