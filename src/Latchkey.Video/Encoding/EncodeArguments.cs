using System.Globalization;
using System.Text;
using Latchkey.Video.Encoding.Storyboards;
using Latchkey.Video.Ffmpeg;

namespace Latchkey.Video.Encoding;

/// <summary>The arguments of the one ffmpeg that makes a run: every rendition from one decode, and the sound beside it.</summary>
internal static class EncodeArguments
{
    /// <summary>AAC frames that are encoded before the first one wanted, then dropped: an encoder's first frames differ from those amid a stream.</summary>
    public const int AudioLeadIn = 4;

    /// <summary>What ffmpeg's AAC encoder puts out before its first input.</summary>
    public const int AudioPriming = 1;

    /// <summary>From BT.2020 to BT.709, whose curve it has already: without that, colours look pale.</summary>
    private const string NarrowGamut = ",zscale=tin=bt709:pin=bt2020:min=bt2020nc:t=bt709:p=bt709:m=bt709:r=tv";

    private const string Preset = "veryfast";
    private const int Quality = 23;

    /// <summary>These seek to where decoding can begin; others land anywhere before, so they are sent back further.</summary>
    private static readonly HashSet<string> ExactSeekers = new(StringComparer.Ordinal) { "mov", "matroska" };
    private const double SeekMargin = 1;
    private const double LeastSeek = 0.25;

    /// <param name="output">The file of a rendition. What is to begin at a later segment than the run begins its file there.</param>
    /// <param name="tiles">The folder of the storyboard's pictures; <c>null</c> when none are wanted.</param>
    public static IReadOnlyList<string> For(
        EncodingPlan plan,
        string input,
        IReadOnlyList<VideoRendition> video,
        IReadOnlyList<AudioRendition> audio,
        RunRequest run,
        Func<string, string> output,
        string? tiles,
        int threads,
        SourceReading reading = SourceReading.Usual
    )
    {
        var (from, to) = (run.From, run.To);
        var arguments = Times(plan).ToList();
        var filters = new List<string>();

        if (video.Count > 0)
        {
            arguments.AddRange(Input(plan, input, SeekSeconds(plan, from) - FurtherBack(reading), threads));
            filters.Add(VideoFilter(plan, video, run, tiles is not null, reading));
        }

        if (audio.Count > 0)
        {
            // Opened anew: the video's seek would cut off the sound's lead-in.
            var heard = audio.Min(sound => (double)AudioStart(plan, sound, run.StartOf(sound.Folder)) / sound.SampleRate);
            arguments.AddRange(Input(plan, input, heard - SeekMargin, threads));
            filters.AddRange(
                audio.Select((sound, i) => AudioFilter(plan, sound, video.Count > 0 ? 1 : 0, $"[a{i}]", run.StartOf(sound.Folder), to))
            );
        }

        arguments.AddRange(["-filter_complex", string.Join(';', filters)]);

        for (var i = 0; i < video.Count; i++)
        {
            arguments.AddRange(VideoOutput(plan, video[i], $"[v{i}]", run.StartOf(video[i].Name), to, threads));
            arguments.Add(FfmpegArguments.File(output(video[i].Name)));
        }

        if (tiles is not null)
        {
            arguments.AddRange(TileArguments.Output(plan, tiles));
        }

        for (var i = 0; i < audio.Count; i++)
        {
            arguments.AddRange(AudioOutput($"[a{i}]"));
            arguments.Add(FfmpegArguments.File(output(audio[i].Folder)));
        }

        return arguments;
    }

    /// <summary>Times stay the source's own, where that has one time for each frame; otherwise ffmpeg shifts them by a rounded number of microseconds.</summary>
    public static IEnumerable<string> Times(EncodingPlan plan) => plan.Source.IsDiscontinuous ? [] : ["-copyts"];

    public static IEnumerable<string> Input(EncodingPlan plan, string input, double seek, int threads)
    {
        if (CanSeek(plan, seek))
        {
            // Absolute, and cut by our own filters: what ffmpeg's accurate seek would cut is off by the file's start time under -copyts.
            yield return "-seek_timestamp";
            yield return "1";
            yield return "-noaccurate_seek";
            yield return "-ss";
            yield return FfmpegArguments.Seconds(seek);
        }

        if (threads > 0)
        {
            yield return "-threads";
            yield return FfmpegArguments.Number(threads);
        }

        foreach (var argument in FfmpegArguments.Guard(FfmpegArguments.Demuxers))
        {
            yield return argument;
        }

        yield return "-i";
        yield return FfmpegArguments.File(input);
    }

    public static double SeekSeconds(EncodingPlan plan, int from)
    {
        // A little after the keyframe, since rounding to microseconds may fall before it, and then a whole group more is decoded.
        var at = (double)(plan.Origin + plan.SeekPoints[from] + plan.Tolerance) / plan.Timescale;

        if (plan.Source.Interlaced)
        {
            // A field is filled in from the frames beside it, so the run's first frame needs the one before.
            at -= 1.5 / plan.Video[0].FrameRate;
        }

        return ExactSeekers.Contains(plan.Source.Container) ? at : at - SeekMargin;
    }

    private static bool CanSeek(EncodingPlan plan, double seek)
    {
        // ffmpeg goes back a little from what it is asked for, and from before a file's first time some demuxers do not come back.
        var first = plan.Source.ClipStart > 0 ? 0 : (double)plan.Origin / plan.Timescale;

        // Where a time can be there twice, only who reads from the beginning knows which is which.
        return !plan.Source.IsDiscontinuous && seek > Math.Max(0, first) + LeastSeek;
    }

    /// <summary>In seconds.</summary>
    private static double FurtherBack(SourceReading reading) =>
        reading switch
        {
            SourceReading.Usual => 0,
            SourceReading.FromFurtherBack => 12,
            _ => 60,
        };

    private static string VideoFilter(
        EncodingPlan plan,
        IReadOnlyList<VideoRendition> video,
        RunRequest run,
        bool withTiles,
        SourceReading reading
    )
    {
        var (from, to) = (run.From, run.To);
        var start = plan.Origin + plan.Boundaries[from];
        var filter = new StringBuilder();

        filter.Append(CultureInfo.InvariantCulture, $"[0:{plan.Source.VideoStream}]");

        if (plan.Source.Interlaced)
        {
            // Before frames are cut away: it looks at those on either side.
            filter.Append("yadif=mode=send_frame:deint=interlaced,");
        }

        if (plan.Source.RegularRate is { } regular)
        {
            // The filter's times are its own count of frames, from the run's start.
            var seconds = FfmpegArguments.Seconds((double)start / plan.Timescale);
            var frames = plan.FrameCounts.Skip(from).Take(to - from).Sum();
            filter.Append(
                CultureInfo.InvariantCulture,
                $"fps={regular}:start_time={seconds},tpad=stop=-1:stop_mode=clone,trim=end_frame={frames},setpts=PTS-STARTPTS"
            );
        }
        else if (reading == SourceReading.Holding)
        {
            var rate = plan.Video[0].FrameRate;
            var seconds = plan.Seconds(to) - plan.Seconds(from);
            filter.Append(
                CultureInfo.InvariantCulture,
                $"fps={rate}:start_time={FfmpegArguments.Seconds((double)start / plan.Timescale)},tpad=stop=-1:stop_mode=clone,trim=end_frame={Math.Max(1, (long)Math.Round(seconds * rate))},setpts=PTS-STARTPTS"
            );
        }
        else
        {
            // Whole ticks of the plan: start_pts and end_pts compare integers, where start and end would compare rounded seconds.
            var (first, end) = (start - plan.Tolerance, plan.Origin + plan.Boundaries[to] - plan.Tolerance);
            filter.Append(
                CultureInfo.InvariantCulture,
                // The run's first frame is at zero also where the boundary falls on none.
                $"settb=1/{plan.Timescale},trim=start_pts={first}:end_pts={end},setpts={(plan.KnowsFrames ? $"PTS-{start}" : $"'if(N,PTS-{start},0)'")}"
            );
        }

        // Held frames come at the rate that is wanted.
        filter.Append(reading == SourceReading.Holding ? "" : FrameReduction.Filter(plan, from, to));

        var branches = video.Count + (withTiles ? 1 : 0);

        if (branches > 1)
        {
            filter
                .Append(CultureInfo.InvariantCulture, $",split={branches}")
                .AppendJoin("", Enumerable.Range(0, branches).Select(i => $"[s{i}]"));
        }

        for (var i = 0; i < video.Count; i++)
        {
            filter.Append(
                CultureInfo.InvariantCulture,
                $"{(branches > 1 ? $";[s{i}]" : ",")}{Join(plan, from, run.StartOf(video[i].Name))}scale={video[i].Width}:{video[i].Height}:out_range=tv,setsar=1{Colours(plan)},format=yuv420p[v{i}]"
            );
        }

        if (withTiles)
        {
            var join = run.StartOf(Storyboard.FolderName);
            filter.Append(
                CultureInfo.InvariantCulture,
                $";[s{video.Count}]{Join(plan, from, join)}{TileArguments.Filter(plan, plan.Boundaries, join, to)}"
            );
        }

        return filter.ToString();
    }

    /// <summary>What lets a branch begin at a later segment than the run, with times that count from there.</summary>
    private static string Join(EncodingPlan plan, int from, int start)
    {
        if (start == from)
        {
            return "";
        }

        var ticks = plan.Boundaries[start] - plan.Boundaries[from];

        return plan.Source.RegularRate is not null
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"trim=start_frame={plan.FrameCounts.Skip(from).Take(start - from).Sum()},setpts=PTS-STARTPTS,"
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"trim=start_pts={ticks - plan.Tolerance},setpts={(plan.KnowsFrames ? $"PTS-{ticks}" : $"'if(N,PTS-{ticks},0)'")},"
            );
    }

    /// <summary>
    /// From PQ or HLG to what any screen shows. Of 203 nits, which both call white (ITU-R BT.2408), it makes 85 % white, and of 1,000 nits all of
    /// it; middle grey stays middle grey. After scaling: on the small picture it costs a sixth.
    /// </summary>
    public static string Colours(EncodingPlan plan) =>
        plan.Source.HdrTransfer is not { } transfer
            ? plan.Source.IsWideGamut
                ? NarrowGamut
                : ""
            : $",zscale=tin={transfer}:pin=bt2020:min=bt2020nc:t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=mobius:param=0.3:desat=0:peak=4.93,zscale=t=bt709:m=bt709:r=tv";

    private static IEnumerable<string> VideoOutput(EncodingPlan plan, VideoRendition rendition, string label, int from, int to, int threads)
    {
        yield return "-map";
        yield return label;

        foreach (
            var argument in new[]
            {
                "-c:v",
                "libx264",
                "-preset",
                Preset,
                "-profile:v",
                rendition.Profile!,
                "-level:v",
                string.Create(CultureInfo.InvariantCulture, $"{rendition.Level / 10}.{rendition.Level % 10}"),
                "-crf",
                FfmpegArguments.Number(Quality),
                "-maxrate",
                FfmpegArguments.Number(rendition.MaxRate),
                "-bufsize",
                FfmpegArguments.Number(rendition.MaxRate),
                // Keyframes where segments begin and nowhere else, so that a fragment is a segment.
                "-g",
                "100000",
                "-sc_threshold",
                "0",
                "-forced-idr",
                "1",
                "-flags",
                "+cgop",
                // Headers that do not depend on the pictures, so that all runs have the same.
                "-x264-params",
                "stitchable=1",
                // Every frame keeps its own time, in the plan's ticks; the default would round it to the frame rate.
                "-fps_mode",
                "vfr",
                "-enc_time_base",
                $"1:{plan.Timescale}",
                "-video_track_timescale",
                FfmpegArguments.Number(plan.Timescale),
            }
        )
        {
            yield return argument;
        }

        if (to - from > 1)
        {
            // The first frame at or after each time; half a tick early, since these are rounded to microseconds.
            var times = Enumerable
                .Range(from + 1, to - from - 1)
                .Select(n => (plan.Boundaries[n] - plan.Boundaries[from] - plan.Tolerance - 0.5) / plan.Timescale);
            yield return "-force_key_frames";
            yield return string.Join(',', times.Select(FfmpegArguments.Seconds));
        }

        if (threads > 0)
        {
            yield return "-threads";
            yield return FfmpegArguments.Number(threads);
        }

        foreach (var argument in Fragmented("+frag_keyframe+empty_moov+default_base_moof"))
        {
            yield return argument;
        }
    }

    /// <summary>When the lead-in starts, in samples on the source's timeline.</summary>
    private static long AudioStart(EncodingPlan plan, AudioRendition audio, int from)
    {
        var origin = (long)Math.Round((decimal)plan.Origin * audio.SampleRate / plan.Timescale);
        return origin + ((audio.FrameBoundaries[from] - AudioLeadIn) * AudioRendition.SamplesPerFrame);
    }

    private static string AudioFilter(EncodingPlan plan, AudioRendition audio, int input, string label, int from, int to)
    {
        var frames = audio.FrameBoundaries[to] - audio.FrameBoundaries[from] + AudioLeadIn + AudioPriming;

        // Another rate first: together with first_pts, whose unit is then the wrong one, sound of 8 kHz begins 0.4 s late.
        // aresample cuts or fills with silence so that its output begins at exactly first_pts (min_comp: to the sample), and fills holes of 0.1 s
        // and more; apad goes on where the sound ends before the picture.
        // Only its own beginning can be filled or cut: what is read from the beginning of the file is cut after that.
        var start = AudioStart(plan, audio, from);
        var first = plan.Source.IsDiscontinuous ? Math.Min(0, start) : start;

        return string.Create(
            CultureInfo.InvariantCulture,
            $"[{input}:{audio.Stream}]aresample={audio.SampleRate}:out_channel_layout=stereo:out_sample_fmt=fltp,aresample={audio.SampleRate}:async=1:min_comp=0.00001:min_hard_comp=0.1:first_pts={first},atrim=start_pts={start},asetpts=PTS-{start},apad,atrim=end_sample={frames * AudioRendition.SamplesPerFrame}{label}"
        );
    }

    private static IEnumerable<string> AudioOutput(string label) =>
        [
            "-map",
            label,
            "-c:a",
            "aac",
            "-profile:a",
            "aac_low",
            "-b:a",
            FfmpegArguments.Number(AudioPlan.EncodedBitrate),
            "-frag_duration",
            "500000",
            .. Fragmented("+empty_moov+default_base_moof"),
        ];

    private static IEnumerable<string> Fragmented(string flags) =>
        // What is finished is written at once: it is read while the file grows.
        ["-map_metadata", "-1", "-map_chapters", "-1", "-flush_packets", "1", "-f", "mp4", "-movflags", flags];
}
