using System.Globalization;
using System.Runtime.InteropServices;
using Latchkey.Video.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

/// <summary>Segments that were made at different times by different runs join as if one run had made them all.</summary>
public sealed class SeamTests : IDisposable
{
    private const double Tick = 0.000012;
    private const double Frame = 0.04;

    /// <summary>How many frames on either side of a join are looked at.</summary>
    private const int Beside = 4;

    private const double WorstLoss = 0.002;
    private const int SoundRate = 8000;
    private const double BetweenClicks = 0.5;
    private const double WorstDrift = 0.02;

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [Theory]
    [InlineData("keyframes.mp4", "-c:v libx264 -preset veryfast -g 50 -bf 2 -c:a aac", true)]
    [InlineData("uniform.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 2M -g 60 -c:a libopus", false)]
    public async Task Can_join_what_different_runs_made(string name, string codecs, bool isCopied)
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var source = await _media.MakeAsync(
            name,
            [$"{SourceCase.Picture("640x360", seconds: 9)} {SourceCase.Sine(44100, 9)} {codecs} @{name}"]
        );
        var plan = await _media.PlanAsync(source);
        plan.Video.Select(video => (video.Name, video.Method))
            .ShouldBe([("240p", RenditionMethod.Encoded), ("360p", isCopied ? RenditionMethod.Copied : RenditionMethod.Encoded)]);

        var whole = await _media.MakeSegmentsAsync(source, plan, (0, plan.SegmentCount));
        var pieces = await _media.MakeSegmentsAsync(source, plan, RandomRuns(plan.SegmentCount, new Random(seed)));
        var expected = Enumerable.Range(0, 225).Select(frame => frame * Frame).ToArray();

        foreach (var rendition in plan.Video)
        {
            // Every rendition shows the same frames at the same times, so that switching between them is not seen.
            (await TestMedia.TimesAsync(pieces[rendition.Name])).ShouldBe(expected, Tick, $"seed {seed}");
            (await InitAsync(pieces[rendition.Name])).ShouldBe(await InitAsync(whole[rendition.Name]));

            var one = await LikenessAsync(whole[rendition.Name], source.Path, rendition);
            var many = await LikenessAsync(pieces[rendition.Name], source.Path, rendition);
            many.Length.ShouldBe(expected.Length);
            many.Min().ShouldBeGreaterThan(0.85, $"a frame of {rendition.Name} is not the source's; seed {seed}");

            foreach (var boundary in Enumerable.Range(1, plan.SegmentCount - 1))
            {
                var join = (int)Math.Round(plan.Seconds(boundary) / Frame);
                var loss = one[(join - Beside)..(join + Beside)].Average() - many[(join - Beside)..(join + Beside)].Average();
                loss.ShouldBeLessThanOrEqualTo(WorstLoss, $"{rendition.Name} at {plan.Seconds(boundary)} s; seed {seed}");
            }
        }

        (await InitAsync(pieces["audio"])).ShouldBe(await InitAsync(whole["audio"]));
        (await TestMedia.TimesAsync(pieces["audio"], "a:0")).ShouldBe(await TestMedia.TimesAsync(whole["audio"], "a:0"), Tick);

        await CheckReadingAsync(plan, pieces);
    }

    [Theory]
    [InlineData("encoded.mkv", 22050, "-c:a flac", false)]
    [InlineData("copied.mp4", 44100, "-c:a aac", true)]
    public Task Can_keep_the_sound_in_its_place(string name, int rate, string codec, bool isCopied) =>
        CheckClicksAsync(name, rate, codec, isCopied, seconds: 60);

    [Theory]
    [InlineData("encoded.mkv", 22050, "-c:a flac", false)]
    [InlineData("encoded.mp4", 48000, "-c:a ac3", false)]
    [InlineData("copied.mp4", 44100, "-c:a aac", true)]
    [Trait("Duration", "Long")]
    public Task Can_keep_the_sound_in_its_place_for_long(string name, int rate, string codec, bool isCopied) =>
        CheckClicksAsync(name, rate, codec, isCopied, seconds: 600);

    /// <summary>A click every half second stays where it was, each segment made by itself, the last one first.</summary>
    private async Task CheckClicksAsync(string name, int rate, string codec, bool isCopied, int seconds)
    {
        var source = await _media.MakeAsync(
            name,
            [
                FormattableString.Invariant($"-f lavfi -i color=gray:s=64x64:r=5:d={seconds} ")
                    + FormattableString.Invariant(
                        $"-f lavfi -i aevalsrc='if(lt(mod(t\\,{BetweenClicks})\\,0.005)\\,0.7*sin(2*PI*1000*t)\\,0)':s={rate}:d={seconds} "
                    )
                    + $"-c:v libx264 -preset ultrafast -g 10 {codec} @{name}",
            ]
        );
        var plan = await _media.PlanAsync(source);
        plan.Audio!.Method.ShouldBe(isCopied ? RenditionMethod.Copied : RenditionMethod.Encoded);

        (int, int)[] runs = [.. Enumerable.Range(0, plan.SegmentCount).Reverse().Select(n => (n, n + 1))];
        var joined = await _media.JoinAsync(await _media.SegmentsAsync(source, plan, AudioRendition.FolderName, runs), plan);
        var samples = MemoryMarshal
            .Cast<byte, float>(
                await TestMedia.BytesAsync(
                    "ffmpeg",
                    $"-v error -copyts -i {joined} -af aresample=async=1:first_pts=0 -ac 1 -ar {SoundRate} -f f32le -"
                )
            )
            .ToArray();
        var window = (int)(SoundRate * BetweenClicks / 2);
        double worst = 0;

        for (var click = 1; click < (seconds / BetweenClicks) - 1; click++)
        {
            var middle = (int)(click * BetweenClicks * SoundRate);
            var (energy, moment) = (0.0, 0.0);

            for (var i = middle - window; i < middle + window; i++)
            {
                energy += samples[i] * samples[i];
                moment += samples[i] * samples[i] * (i - middle);
            }

            (energy / window).ShouldBeGreaterThan(1e-4, $"no click at {click * BetweenClicks} s");
            worst = Math.Max(worst, Math.Abs((moment / energy / SoundRate) - 0.0025));
        }

        TestContext.Current.SendDiagnosticMessage($"{name}: at most {worst * 1000:0.0} ms over {seconds} s");
        worst.ShouldBeLessThan(WorstDrift);
    }

    /// <summary>As a player reads it: by the playlists, all of it, each stream rising without a hole.</summary>
    private async Task CheckReadingAsync(EncodingPlan plan, Dictionary<string, string> joined)
    {
        var root = _media.Scratch.File("hls");

        foreach (var (name, file) in joined)
        {
            var folder = Directory.CreateDirectory(Path.Combine(root, name)).FullName;
            Directory.Move(Path.ChangeExtension(file, null), Path.Combine(folder, Playlists.Folder(plan)));
            await File.WriteAllTextAsync(Path.Combine(folder, "manifest.m3u8"), Playlists.Media(plan, name));
        }

        var master = Path.Combine(root, "manifest.m3u8");
        await File.WriteAllTextAsync(master, Playlists.Master(plan, []));
        var text = await TestMedia.RunAsync(
            "ffprobe",
            $"-v error -allowed_extensions ALL -show_entries packet=stream_index,pts_time,dts_time -of csv=p=0 {master}"
        );
        var streams = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(',').Take(3).Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray())
            .GroupBy(packet => packet[0])
            .ToList();

        streams.Count.ShouldBe(joined.Count);

        foreach (var stream in streams)
        {
            var decoded = stream.Select(packet => packet[2]).ToList();
            var shown = stream.Select(packet => packet[1]).Order().ToList();
            var steps = shown.Zip(shown.Skip(1), (at, next) => next - at).ToList();

            decoded.Zip(decoded.Skip(1)).ShouldAllBe(pair => pair.Second > pair.First);
            steps.ShouldAllBe(step => Math.Abs(step - steps[0]) < 0.0002);
        }
    }

    /// <summary>Segments in some order, some of them in one run.</summary>
    private static (int From, int To)[] RandomRuns(int count, Random random)
    {
        var runs = new List<(int From, int To)>();

        for (var from = 0; from < count; )
        {
            var to = Math.Min(count, from + random.Next(1, 3));
            runs.Add((from, to));
            from = to;
        }

        var order = runs.ToArray();
        random.Shuffle(order);
        return order;
    }

    /// <summary>SSIM of each frame with the source's own.</summary>
    private static async Task<double[]> LikenessAsync(string joined, string source, VideoRendition rendition)
    {
        var text = await TestMedia.RunAsync(
            "ffmpeg",
            $"-v error -i {joined} -i {source} -filter_complex [0:v]setpts=N/25/TB[a];[1:v]setpts=N/25/TB,scale={rendition.Width}:{rendition.Height},format=yuv420p[b];[a][b]ssim=stats_file=- -f null -"
        );

        return
        [
            .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line[(line.IndexOf("All:", StringComparison.Ordinal) + 4)..].Split(' ')[0])
                .Select(number => double.Parse(number, CultureInfo.InvariantCulture)),
        ];
    }

    private static Task<byte[]> InitAsync(string joined) =>
        File.ReadAllBytesAsync(Path.Combine(Path.ChangeExtension(joined, null), MadeSegment.InitName));
}
