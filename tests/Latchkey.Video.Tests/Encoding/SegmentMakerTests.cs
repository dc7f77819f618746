using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Index;
using Latchkey.Video.Ffmpeg;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

public sealed class SegmentMakerTests : IDisposable
{
    private const double Tick = 0.000012;

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [Theory]
    [InlineData("30000/1001", "-g 45 -bf 3 -video_track_timescale 30000")]
    [InlineData("25", "-g 50 -bf 2")]
    [InlineData("25", "-g 50 -bf 0")]
    [InlineData("24", "-g 60 -bf 16 -b_strategy 2")]
    public async Task Can_cut_and_encode_on_the_same_times(string rate, string options)
    {
        var source = await _media.MakeAsync(
            $"-f lavfi -i testsrc2=s=640x360:r={rate}:d=9 -f lavfi -i sine=440:r=48000:d=9 -c:v libx264 -preset veryfast {options} -c:a aac",
            "source.mp4"
        );
        var plan = await _media.PlanAsync(source);
        var expected = await TestMedia.TimesAsync(source.Path);

        plan.Video.Select(video => (video.Name, video.Method))
            .ShouldBe([("240p", RenditionMethod.Encoded), ("360p", RenditionMethod.Copied)]);
        plan.FrameCounts.Sum().ShouldBe(expected.Length);

        var copied = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "360p", (0, plan.SegmentCount)), plan);
        (await TestMedia.TimesAsync(copied)).ShouldBe(expected, Tick);

        // In one run, and in single segments made out of order: the same.
        var whole = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "240p", (0, plan.SegmentCount)), plan);
        (await TestMedia.TimesAsync(whole)).ShouldBe(expected, Tick);

        (int, int)[] single = [.. Enumerable.Range(0, plan.SegmentCount).Reverse().Select(n => (n, n + 1))];
        var pieces = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "240p", single), plan);
        (await TestMedia.TimesAsync(pieces)).ShouldBe(expected, Tick);

        // Packets that are copied decode to the very same pictures.
        (await TestMedia.FramesAsync(copied, "null")).ShouldBe(await TestMedia.FramesAsync(source.Path, "null"));
    }

    [Fact]
    public async Task Can_cut_a_source_whose_edit_list_delays_it()
    {
        var plain = await _media.MakeAsync(
            "-f lavfi -i testsrc2=s=320x240:r=25:d=6 -f lavfi -i sine=440:r=44100:d=6 -c:v libx264 -preset veryfast -g 50 -bf 2 -c:a aac",
            "plain.mp4"
        );
        var source = await _media.MakeAsync($"-itsoffset 0.32 -i {plain.Path} -i {plain.Path} -map 0:v -map 1:a -c copy", "late.mp4");
        var plan = await _media.PlanAsync(source);
        var expected = (await TestMedia.TimesAsync(source.Path)).Select(time => time - 0.32).ToArray();

        plan.Video.ShouldHaveSingleItem().Method.ShouldBe(RenditionMethod.Copied);
        var joined = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "240p", (0, plan.SegmentCount)), plan);
        (await TestMedia.TimesAsync(joined)).ShouldBe(expected, Tick);

        // The sound began 0.32 s before the picture: that part is gone, but for a frame that primes the decoder.
        plan.Audio!.Method.ShouldBe(RenditionMethod.Copied);
        plan.Audio.FirstFrameAt.ShouldBeInRange(-2047, 0);
        var sound = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "audio", (0, plan.SegmentCount)), plan);
        var original = (await TestMedia.TimesAsync(source.Path, "a:0")).Select(time => time - 0.32);
        (await TestMedia.TimesAsync(sound, "a:0")).Where(time => time > 0.03).ShouldBe(original.Where(time => time > 0.03), 0.0001);
    }

    [Theory]
    [InlineData("vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 40 -c:a libopus", "30000/1001")]
    [InlineData("h264.ts", "-c:v libx264 -preset veryfast -g 40 -bf 2 -c:a mp2", "25")]
    [InlineData("mpeg4.avi", "-c:v mpeg4 -bf 0 -c:a libmp3lame", "25")]
    [InlineData("hevc.mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=40 -tag:v hvc1 -c:a ac3", "25")]
    [InlineData("h264.mkv", "-c:v libx264 -preset veryfast -g 40 -bf 2 -c:a ac3", "24000/1001")]
    public async Task Can_encode_other_sources_on_their_own_times(string name, string options, string rate)
    {
        var source = await _media.MakeAsync(
            $"-f lavfi -i testsrc2=s=426x240:r={rate}:d=6 -f lavfi -i sine=440:r=48000:d=6 {options} -threads 2",
            name
        );
        var plan = await _media.PlanAsync(source, new PlanOptions(AllowCopy: false));
        var times = await TestMedia.TimesAsync(source.Path);
        var expected = times.Select(time => time - times[0]).ToArray();

        plan.Video.ShouldHaveSingleItem().Method.ShouldBe(RenditionMethod.Encoded);
        plan.SegmentCount.ShouldBeGreaterThan(2);

        (int, int)[] runs = [(1, 2), (0, 1), (2, plan.SegmentCount)];
        var joined = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "240p", runs), plan);
        (await TestMedia.TimesAsync(joined)).ShouldBe(expected, Tick);

        var sound = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "audio", runs), plan);
        var frames = await TestMedia.TimesAsync(sound, "a:0");
        frames.Length.ShouldBe((int)plan.Audio!.FrameBoundaries[^1]);
        frames.ShouldBe(Enumerable.Range(0, frames.Length).Select(frame => frame * 1024 / 48000.0), Tick);
    }

    [Fact]
    public async Task Can_encode_a_source_that_does_not_give_every_frame_a_time()
    {
        var source = await _media.MakeAsync(
            "-f lavfi -i testsrc2=s=352x288:r=25:d=6 -f lavfi -i sine=440:r=48000:d=6 -c:v mpeg2video -bf 2 -flags +ildct+ilme -top 1 -c:a mp2",
            "interlaced.mpg"
        );
        var plan = await _media.PlanAsync(source);
        plan.Source.Interlaced.ShouldBeTrue();
        plan.Source.RegularRate.ShouldBe("25/1");

        (int, int)[] runs = [(1, 2), (0, 1), (2, plan.SegmentCount)];
        var joined = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "240p", runs), plan);
        var times = await TestMedia.TimesAsync(joined);
        times.Length.ShouldBeInRange(149, 150);
        times.ShouldBe(Enumerable.Range(0, times.Length).Select(frame => frame / 25.0), Tick);
    }

    [Fact]
    public async Task Can_join_sound_that_was_encoded_in_pieces()
    {
        var source = await _media.MakeAsync(
            "-f lavfi -i testsrc2=s=64x64:r=25:d=9 -f lavfi -i sine=1000:r=48000:d=9 -c:v libx264 -preset ultrafast -c:a ac3",
            "tone.mp4"
        );
        var plan = await _media.PlanAsync(source);
        plan.Audio!.Method.ShouldBe(RenditionMethod.Encoded);

        (int, int)[] single = [.. Enumerable.Range(0, plan.SegmentCount).Select(n => (n, n + 1))];
        var pieces = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "audio", single), plan);
        var whole = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "audio", (0, plan.SegmentCount)), plan);

        // A sine that jumps by one sample leaves -36 dB beside its frequency; what is left here is the encoder's own noise.
        (await LeftBesideTheToneAsync(whole)).ShouldBeLessThan(-60);
        (await LeftBesideTheToneAsync(pieces)).ShouldBeLessThan(-60);
    }

    [Fact]
    public async Task Can_show_a_portrait_recording_upright()
    {
        var lying = await _media.MakeAsync("-f lavfi -i testsrc2=s=854x480:r=30:d=3 -c:v libx264 -preset ultrafast -g 30", "lying.mp4");
        var source = await _media.MakeAsync($"-i {lying.Path} -c copy -metadata:s:v rotate=90", "portrait.mp4");
        var plan = await _media.PlanAsync(source);

        (plan.Source.Width, plan.Source.Height).ShouldBe((480, 854));
        plan.Video.Select(video => (video.Name, video.Method, video.Width, video.Height))
            .ShouldBe([
                ("240p", RenditionMethod.Encoded, 240, 428),
                ("360p", RenditionMethod.Encoded, 360, 640),
                ("480p", RenditionMethod.Encoded, 480, 854),
            ]);
        plan.Audio.ShouldBeNull();

        var joined = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "240p", (0, plan.SegmentCount)), plan);
        (await TestMedia.RunAsync("ffprobe", $"-v error -show_entries stream=width,height -of csv=p=0 {joined}"))
            .Trim()
            .ShouldBe("240,428");
        (await TestMedia.TimesAsync(joined)).Length.ShouldBe(90);
    }

    [Fact]
    public async Task Can_keep_a_variable_frame_rate()
    {
        var source = await _media.MakeAsync(
            "-f lavfi -i testsrc2=s=320x240:r=30:d=8 -vf select='not(mod(n\\,7))+lt(mod(n\\,50)\\,20)' -fps_mode vfr -c:v libx264 -preset veryfast -bf 3 -g 1000",
            "vfr.mp4"
        );
        var plan = await _media.PlanAsync(source, new PlanOptions(AllowCopy: false));
        var expected = await TestMedia.TimesAsync(source.Path);
        (int, int)[] runs = [(0, 1), (2, plan.SegmentCount), (1, 2)];

        var joined = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "240p", runs), plan);
        (await TestMedia.TimesAsync(joined)).ShouldBe(expected.Select(time => time - expected[0]), Tick);
    }

    [Fact]
    public async Task Can_encode_a_clip_alone()
    {
        var source = await _media.MakeAsync(
            "-f lavfi -i testsrc2=s=426x240:r=25:d=8 -f lavfi -i sine=440:r=48000:d=8 -c:v libx264 -preset veryfast -g 50 -c:a aac",
            "long.mp4"
        );
        var plan = await _media.PlanAsync(source, new PlanOptions { ClipStart = 2.5, ClipEnd = 6 });

        // 2.5 s is not on a frame of 25: the first one after it is shown first.
        plan.DurationSeconds.ShouldBe(3.48, 0.001);
        plan.Video.ShouldHaveSingleItem().Method.ShouldBe(RenditionMethod.Encoded);

        var joined = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "240p", (0, plan.SegmentCount)), plan);
        var times = await TestMedia.TimesAsync(joined);
        times.Length.ShouldBe(87);
        times[0].ShouldBe(0, Tick);

        var sound = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, "audio", (0, plan.SegmentCount)), plan);
        (await TestMedia.TimesAsync(sound, "a:0")).Length.ShouldBe((int)plan.Audio!.FrameBoundaries[^1]);
    }

    [Fact]
    public async Task Can_make_all_renditions_from_one_decode()
    {
        var source = await _media.MakeAsync(
            "-f lavfi -i testsrc2=s=1280x720:r=25:d=3 -f lavfi -i sine=440:r=22050:d=3 -c:v libvpx -deadline realtime -c:a libvorbis",
            "all.webm"
        );
        var plan = await _media.PlanAsync(source);
        var made = new List<(string Rendition, int? Number)>();
        using var scratch = new Latchkey.Platform.Files.ScratchFolder(Directory.CreateTempSubdirectory("latchkey-run-").FullName);

        await new SegmentMaker(TestMedia.Ffmpeg).MakeAsync(
            plan,
            source.Input,
            new RunRequest(["240p", "360p", "480p", "720p", "audio"], 0, plan.SegmentCount, RunPriority.Waited),
            scratch,
            segment =>
            {
                new FileInfo(segment.Path).Length.ShouldBeGreaterThan(0);
                made.Add((segment.Rendition, segment.Number));
                return ValueTask.CompletedTask;
            },
            default
        );

        foreach (var rendition in new[] { "240p", "360p", "480p", "720p", "audio" })
        {
            made.Where(segment => segment.Rendition == rendition)
                .Select(segment => segment.Number)
                .ShouldBe([null, .. Enumerable.Range(0, plan.SegmentCount).Select(n => (int?)n)]);
        }

        // What ffmpeg wrote is gone; what was told of is left to whoever was told.
        Directory.GetFiles(scratch.Path).Length.ShouldBe(made.Count);
    }

    [Theory]
    [InlineData("known.mp4", "-c:v mpeg4 -g 50 -bf 2", "25", false)]
    [InlineData("fast.mp4", "-c:v mpeg4 -g 200", "100", false)]
    [InlineData("cues.webm", "-c:v libvpx -deadline realtime -g 50", "25", true)]
    [InlineData("counted.avi", "-c:v mpeg4 -g 50 -bf 2", "30000/1001", false)]
    [InlineData("unseen.ts", "-c:v mpeg2video -g 50 -bf 2", "25", true)]
    public async Task Can_let_renditions_join_later_and_make_the_very_same_segments(string name, string codec, string rate, bool byItsEnds)
    {
        var source = await _media.MakeAsync(
            $"-f lavfi -i testsrc2=s=640x360:r={rate}:d=9 -f lavfi -i sine=440:r=44100:d=9 {codec} -c:a mp3 -strict -2".Replace(
                "mp3",
                name.EndsWith("webm", StringComparison.Ordinal) ? "libvorbis" : "mp2",
                StringComparison.Ordinal
            ),
            name
        );
        var indexer = new SourceIndexer(TestMedia.Ffmpeg) { WholeScanBytes = byItsEnds ? 0 : long.MaxValue };
        var plan = PlanMaker.Make(await indexer.IndexAsync(source.Input, default), new PlanOptions());
        plan.KnowsFrames.ShouldBe(!byItsEnds);
        plan.SegmentCount.ShouldBeGreaterThan(3);
        // With several threads, no two runs of the encoder make the same bytes.
        var single = new FfmpegRunner(new FfmpegOptions { Threads = 1, UrgentThreads = 1 }, TimeProvider.System);
        var joins = new Dictionary<string, int>
        {
            ["360p"] = 1,
            ["audio"] = 2,
            ["storyboard"] = 2,
        };

        var together = await MakeAsync(new RunRequest(["240p", .. joins.Keys], 0, plan.SegmentCount, RunPriority.Waited) { Joins = joins });

        foreach (var (rendition, start) in joins.Append(new("240p", 0)))
        {
            // Tiles are a branch of a picture's decode.
            string[] asked = rendition == "storyboard" ? ["240p", rendition] : [rendition];
            var alone = await MakeAsync(new RunRequest(asked, start, plan.SegmentCount, RunPriority.Waited));
            var expected = alone.Where(file => file.Key.StartsWith(rendition, StringComparison.Ordinal)).ToList();

            together
                .Keys.Where(file => file.StartsWith(rendition, StringComparison.Ordinal))
                .ShouldBe(expected.Select(file => file.Key), true);
            expected.Where(file => !together[file.Key].SequenceEqual(file.Value)).Select(file => file.Key).ShouldBeEmpty();
        }

        async Task<Dictionary<string, byte[]>> MakeAsync(RunRequest run)
        {
            var files = new Dictionary<string, byte[]>();
            using var scratch = new Latchkey.Platform.Files.ScratchFolder(Directory.CreateTempSubdirectory("latchkey-run-").FullName);
            await new SegmentMaker(single).MakeAsync(
                plan,
                source.Input,
                run,
                scratch,
                async made => files.Add($"{made.Rendition}/{made.FileName}", await File.ReadAllBytesAsync(made.Path)),
                default
            );
            return files;
        }
    }

    [Fact]
    public async Task Cannot_mix_encoders_in_a_rendition()
    {
        var source = await _media.MakeAsync("-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v libvpx -deadline realtime", "mix.webm");
        var plan = await _media.PlanAsync(source);
        using var scratch = new Latchkey.Platform.Files.ScratchFolder(Directory.CreateTempSubdirectory("latchkey-run-").FullName);
        var run = new RunRequest(["240p"], 0, 1, RunPriority.Waited)
        {
            KnownInits = new Dictionary<string, ReadOnlyMemory<byte>> { ["240p"] = new byte[] { 1, 2, 3 } },
        };

        var failure = await Should.ThrowAsync<MediaException>(() =>
            new SegmentMaker(TestMedia.Ffmpeg).MakeAsync(plan, source.Input, run, scratch, _ => ValueTask.CompletedTask, default)
        );
        failure.Reason.ShouldBe(MediaFailure.EncoderChanged);
    }

    /// <summary>Decibels beside 1 kHz, the first and last moments left out.</summary>
    private static async Task<double> LeftBesideTheToneAsync(string path)
    {
        var statistics = await TestMedia.ErrorsAsync(
            "ffmpeg",
            $"-v info -nostats -i {path} -af atrim=0.3:8.5,bandreject=f=1000:width_type=h:w=400,bandreject=f=1000:width_type=h:w=400,atrim=start=0.5,astats=measure_perchannel=none -f null -"
        );
        var peak = statistics.Split('\n').First(line => line.Contains("Peak level dB", StringComparison.Ordinal));
        return double.Parse(peak[(peak.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
