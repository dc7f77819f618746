using System.Globalization;
using Latchkey.Platform.Files;
using Latchkey.Video.Matroska;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding.Index;

/// <summary>
/// The index of a Matroska or WebM file: keyframes from its cues, the length from its header, all else from its first blocks. Without
/// cues, from the headers of all blocks where the length is not told either.
/// </summary>
internal sealed class MatroskaIndex(MatroskaFile file, IStoredFileReader source)
{
    private const string Container = "matroska";
    private const string Aac = "A_AAC";
    private const string Avc = "V_MPEG4/ISO/AVC";

    /// <summary>The last picture may stay so much longer, so that what the header says holds.</summary>
    private const double ToleratedSeconds = 0.1;

    private const double LeastSeekSeconds = 2;
    private const double MostSeekSeconds = 12;

    public MatroskaTrack? Video { get; } = Pick(file, MatroskaTrackKind.Video);

    public MatroskaTrack? Audio { get; } = Pick(file, MatroskaTrackKind.Audio);

    public static MatroskaTrack? Pick(MatroskaFile file, MatroskaTrackKind kind)
    {
        var candidates = file.Tracks.Where(track => track.Kind == kind).ToList();
        return candidates.Find(track => track.IsDefault) ?? candidates.FirstOrDefault();
    }

    public static IEnumerable<MatroskaTrack> AudioTracks(MatroskaFile file) =>
        file.Tracks.Where(track => track.Kind == MatroskaTrackKind.Audio);

    public static string Specifier(MatroskaTrack track) =>
        string.Create(CultureInfo.InvariantCulture, $"{(track.Kind == MatroskaTrackKind.Video ? 'v' : 'a')}:{track.Order}");

    /// <returns><c>null</c> when there is something in it that ffprobe knows better.</returns>
    public async Task<SourceIndex?> MakeAsync(CancellationToken cancellation)
    {
        if (Video is null)
        {
            throw new MediaException(MediaFailure.NoVideo, "No track of the file is a video.");
        }

        if (Video.IsEncrypted || Audio is { IsEncrypted: true })
        {
            throw new MediaException(MediaFailure.Encrypted, "The media is encrypted.");
        }

        if (
            Video is not { Codec: Avc, IsTransformed: false, IsUnusual: false, CodecPrivate: { } avcc }
            || AvcConfiguration.Read(avcc) is not { Is420EightBit: true, IsInterlaced: false } avc
            || (Audio is not null && CodecOf(Audio) is null)
            || await TimesAsync(cancellation) is not { } times
        )
        {
            return null;
        }

        return new SourceIndex(
            Container,
            file.Length,
            new VideoIndex
            {
                Stream = Specifier(Video),
                Codec = "h264",
                Width = Video.Width,
                Height = Video.Height,
                PixelAspect = Video.PixelAspect,
                Frames = times.Frames,
                Copy = await CopyAsync(times, avc, cancellation),
            },
            Audio is null ? null : Sound(Audio, times)
        )
        {
            OtherAudio = [.. AudioTracks(file).Where(track => track != Audio && !track.IsEncrypted).Select(track => Sound(track, times))],
        };
    }

    /// <returns><c>null</c> when its times are none that we can work with.</returns>
    public async Task<MatroskaTimes?> TimesAsync(CancellationToken cancellation)
    {
        if (Video is null || file.Timescale is not { } timescale || timescale > EncodingPlan.MaxTimescale)
        {
            return null;
        }

        var head = await MatroskaHead.ReadAsync(file, Video, source, cancellation);

        if (head.First is not { } first || AreWrong(head))
        {
            return null;
        }

        var cues = file.Cues.Where(cue => cue.Track == Video.Number && cue.Time >= first).DistinctBy(cue => cue.Time).ToList();

        if (cues.Count > 0 && cues[0].Time == head.Pictures.Find(picture => picture.IsKey).Time)
        {
            var end = await EndAsync(cues[^1], head, timescale, cancellation);
            return end > first ? new MatroskaTimes(Unseen(cues.ConvertAll(cue => cue.Time), null, end), cues, head) : null;
        }

        if (EndAfter(first) is { } told)
        {
            var longest =
                head.LongestGroup > 0
                    ? Math.Clamp(1.2 * head.LongestGroup / timescale, LeastSeekSeconds, MostSeekSeconds)
                    : MostSeekSeconds;
            return new MatroskaTimes(Unseen([], (long)(longest * timescale), told), [], head);
        }

        return await ScanAsync(timescale, head, cancellation);

        FrameTimes Unseen(List<long> keyframes, long? margin, long end) =>
            new(timescale, [first], [.. keyframes], end) { NominalRate = Rate(head, timescale), SeekMargin = margin };
    }

    /// <summary>What the header says, unless sound goes on after the picture, which the last clusters tell where they have arrived.</summary>
    private async Task<long> EndAsync(MatroskaCue last, MatroskaHead head, int timescale, CancellationToken cancellation)
    {
        var told = EndAfter(last.Time);

        try
        {
            var seen = await LastAsync(last.Cluster, head, cancellation);
            return told is { } end && Math.Abs(end - seen) < ToleratedSeconds * timescale ? end : seen;
        }
        catch (BytesMissingException) when (told is not null)
        {
            return told.Value;
        }
    }

    /// <summary>What the header says, if it can be true.</summary>
    private long? EndAfter(long time) => file.Duration is { } duration && duration > time ? (long)Math.Ceiling(duration) : null;

    private double Rate(MatroskaHead head, int timescale)
    {
        var seen = head.UsualTicks > 0 ? timescale / head.UsualTicks : 25;
        var told = Video!.DefaultDuration is { } nanoseconds ? 1e9 / nanoseconds : 0;

        return Math.Clamp(Math.Abs(told - seen) < seen / 10 ? told : seen, 1, 120);
    }

    /// <summary>Whether pictures are shown at one time, or more of them out of their order than the codec reorders: whoever wrote that was mistaken.</summary>
    private bool AreWrong(MatroskaHead head) =>
        head.Repeats
        || (
            Video is { Codec: Avc, CodecPrivate: { } avcc }
            && AvcConfiguration.Read(avcc)?.ReorderedFrames is { } reordered
            && head.MostReordered > reordered
        );

    /// <summary>When the last picture has been shown, from the clusters at the end.</summary>
    private async Task<long> LastAsync(long cluster, MatroskaHead head, CancellationToken cancellation)
    {
        var clusters = new ClusterReader(file, source);
        long last = 0;

        for (clusters.Seek(cluster); await clusters.NextAsync(cancellation) is { } block; )
        {
            last = block.Track == Video!.Number ? Math.Max(last, block.Time) : last;
        }

        return last + Math.Max(1, (long)Math.Round(head.UsualTicks));
    }

    /// <summary>Recorders that write as they go leave neither cues nor a length: then every block's header is read, once.</summary>
    private async Task<MatroskaTimes?> ScanAsync(int timescale, MatroskaHead head, CancellationToken cancellation)
    {
        var clusters = new ClusterReader(file, source);
        var shown = new List<long>();
        var keys = new List<MatroskaCue>();

        for (clusters.Seek(file.FirstCluster); await clusters.NextAsync(cancellation) is { } block; )
        {
            if (block.Track != Video!.Number || (keys.Count == 0 && !block.IsKey))
            {
                continue;
            }

            if (shown.Count == SampleTable.MaxSamples)
            {
                throw new MediaException(MediaFailure.TooManyFrames, "The video has more frames than are allowed.");
            }

            shown.Add(block.Time);

            if (block.IsKey)
            {
                keys.Add(new MatroskaCue(block.Time, block.Track, block.Cluster, null));
            }
        }

        if (shown.Count == 0)
        {
            return null;
        }

        long[] distinct = [.. shown.Distinct().Order()];
        List<MatroskaCue> cues = [.. keys.OrderBy(cue => cue.Time).DistinctBy(cue => cue.Time)];
        var end = distinct[^1] + Math.Max(1, (long)Math.Round(head.UsualTicks));

        return new MatroskaTimes(new FrameTimes(timescale, distinct, [.. cues.Select(cue => cue.Time)], end), cues, head);
    }

    private async Task<VideoCopy?> CopyAsync(MatroskaTimes times, AvcConfiguration avc, CancellationToken cancellation)
    {
        var (frames, cues, head) = (times.Frames, times.Cues, times.Head);

        if (cues.Count == 0 || cues[0].Time != frames.Shown[0])
        {
            return null;
        }

        long[] cuts = [.. cues.Select(cue => cue.Time)];

        if (
            Grid.OnKeyframes(cuts, frames.End, frames.Timescale) is not { } starts
            || !await AreIdrAsync([.. starts.Select(start => cues[start])], avc.LengthSize, cancellation)
        )
        {
            return null;
        }

        var bytes = cues.Select((cue, i) => Math.Max(0, (i + 1 < cues.Count ? cues[i + 1].Cluster : file.End) - cue.Cluster));
        var reordered = (long)Math.Ceiling((avc.ReorderedFrames ?? 2) * head.UsualTicks);

        return new VideoCopy(avc.Codecs, cuts, [.. bytes], Math.Max(reordered, DecodeOrder.Delay(head.FirstGroup)));
    }

    /// <summary>Whether each segment would begin with a picture that leans on none before it, where its cue says.</summary>
    private async Task<bool> AreIdrAsync(List<MatroskaCue> cues, int lengthSize, CancellationToken cancellation)
    {
        var clusters = new ClusterReader(file, source, windowBytes: 256);

        foreach (var cue in cues)
        {
            try
            {
                if (
                    await clusters.FindAsync(cue, cancellation) is not { Lacing: 0 } block
                    || !await AvcSample.IsIdrAsync(source, block.Data, block.Size, lengthSize, cancellation)
                )
                {
                    return false;
                }
            }
            catch (BytesMissingException)
            {
                // What has not arrived yet is taken for good.
                continue;
            }
        }

        return true;
    }

    private static AudioIndex Sound(MatroskaTrack track, MatroskaTimes times)
    {
        var plain = track.Codec == Aac ? AacConfiguration.Read(track.CodecPrivate) : null;
        var rate = plain?.SampleRate ?? (int)track.SampleRate;

        return new AudioIndex
        {
            Stream = Specifier(track),
            Codec = CodecOf(track) ?? track.Codec,
            Language = track.Language,
            Title = track.Title,
            SampleRate = rate,
            Channels = plain?.Channels ?? track.Channels,
            Copy =
                plain is { IsPlain: true, SampleRate: >= 32000 and <= 48000, Channels: 1 or 2 }
                && track is { IsTransformed: false, IsUnusual: false, CodecDelay: 0 }
                    ? times.Sound(track, rate)
                    : null,
        };
    }

    /// <summary>ffmpeg's name of a codec; <c>null</c> when only ffprobe can tell what it is.</summary>
    private static string? CodecOf(MatroskaTrack audio) =>
        audio switch
        {
            { SampleRate: not (>= 1000 and <= 768_000) } => null,
            { Codec: Aac } => audio.CodecPrivate is null ? null : "aac",
            { Codec: "A_OPUS" } => "opus",
            { Codec: "A_VORBIS" } => "vorbis",
            { Codec: "A_AC3" } => "ac3",
            { Codec: "A_EAC3" } => "eac3",
            { Codec: "A_MPEG/L3" } => "mp3",
            { Codec: "A_FLAC" } => "flac",
            _ => null,
        };
}
