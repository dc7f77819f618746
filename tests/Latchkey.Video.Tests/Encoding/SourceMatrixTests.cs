using System.Globalization;
using Latchkey.Video.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

/// <summary>Every kind of source ends playable, upright, of its own length, with sound where it had some; each segment made by a run of its own.</summary>
public sealed class SourceMatrixTests : IDisposable
{
    private const double HighestRate = 60;
    private const int SoundRate = 8000;
    private const int Moment = SoundRate / 20;

    private static readonly Dictionary<string, SourceCase> Cases = SourceCases.All.ToDictionary(source => source.File);

    private readonly TestMedia _media = new();

    /// <summary>Those that were hardest to get right; the rest is for the long tests.</summary>
    public static TheoryData<string> Hard =>
        [
            "portrait.mp4",
            "rotated90.mp4",
            "odd.webm",
            "anamorphic.ts",
            "ntsc.ts",
            "fast.mp4",
            "variable.mkv",
            "top.ts",
            "tracks.mkv",
            "8khz.mp4",
            "later.mkv",
            "422.mov",
            "pq.mp4",
            "hlg.webm",
            "wraps.ts",
            "restarts.ts",
            "trimmed.mp4",
            "unsorted.mkv",
            "av1.webm",
            "xvid.avi",
            "h264.flv",
            "mpeg2.mpg",
        ];

    public static TheoryData<string> Rest => [.. Cases.Keys.Except(Hard.Select(row => row.Data))];

    public void Dispose() => _media.Dispose();

    [Theory]
    [MemberData(nameof(Hard))]
    public Task Can_show(string name) => ShowAsync(name);

    [Theory]
    [MemberData(nameof(Rest))]
    [Trait("Duration", "Long")]
    public Task Can_show_as_well(string name) => ShowAsync(name);

    [Theory]
    [InlineData("sound.m4a", MediaFailure.NoVideo, "-c:a aac")]
    [InlineData("sound.mka", MediaFailure.NoVideo, "-c:a libopus")]
    [InlineData("sound.ogg", MediaFailure.NoVideo, "-c:a libvorbis")]
    [InlineData("sound.mp3", MediaFailure.UnsupportedContainer, "-c:a libmp3lame")]
    [InlineData("sound.wav", MediaFailure.UnsupportedContainer, "-c:a pcm_s16le")]
    public async Task Cannot_show_sound_alone(string name, string reason, string codec)
    {
        var source = await _media.MakeAsync(name, [$"{SourceCase.Sine()} {codec} @{name}"]);

        (await Should.ThrowAsync<MediaException>(() => _media.PlanAsync(source))).Reason.ShouldBe(reason);
    }

    [Fact]
    public async Task Cannot_show_the_cover_of_a_song()
    {
        var source = await _media.MakeAsync(
            "cover.m4a",
            $"{SourceCase.Picture(seconds: 0.04)} -frames:v 1 -c:v mjpeg @cover.jpg",
            $"{SourceCase.Sine()} -i @cover.jpg -map 0 -map 1 -c:a aac -c:v copy -disposition:v attached_pic @cover.m4a"
        );

        (await Should.ThrowAsync<MediaException>(() => _media.PlanAsync(source))).Reason.ShouldBe(MediaFailure.NoVideo);
    }

    private async Task ShowAsync(string name)
    {
        var wanted = Cases[name];
        var source = await _media.MakeAsync(wanted.File, wanted.Commands);
        var plan = await _media.PlanAsync(source);
        var frame = 1 / wanted.Rate;

        (plan.Source.Width, plan.Source.Height).ShouldBe(wanted.Size);
        plan.DurationSeconds.ShouldBe(wanted.Seconds, frame * (1.01 + wanted.FramesOff));
        plan.SegmentCount.ShouldBeGreaterThan(1);
        plan.Video.Where(video => video.Method == RenditionMethod.Copied)
            .Select(video => video.Name)
            .ShouldBe(wanted.Copied is null ? [] : [wanted.Copied]);

        // The last, the first, and what lies between, each by itself.
        int[] order = [plan.SegmentCount - 1, 0, .. Enumerable.Range(1, plan.SegmentCount - 2)];
        var made = await _media.MakeSegmentsAsync(source, plan, [.. order.Select(n => (n, n + 1))]);

        foreach (var rendition in plan.Video)
        {
            await CheckPictureAsync(wanted, plan, rendition, made[rendition.Name]);
        }

        made.ContainsKey(AudioRendition.FolderName).ShouldBe(wanted.Sound is not null);

        if (wanted.Sound is { } sound)
        {
            await CheckSoundAsync(wanted, sound, made[AudioRendition.FolderName]);
        }
    }

    private static async Task CheckPictureAsync(SourceCase wanted, EncodingPlan plan, VideoRendition rendition, string joined)
    {
        var isReduced = rendition.Method == RenditionMethod.Encoded && wanted.Rate > HighestRate;
        var every = isReduced ? (int)Math.Ceiling(wanted.Rate / HighestRate) : 1;
        var expected = (wanted.Frames ?? (int)Math.Round(wanted.Rate * wanted.Seconds)) / every;
        var frame = every / wanted.Rate;

        // Shown frames, and when: rising, without a hole, from zero to the end.
        var times = await TestMedia.TimesAsync(joined);
        times[0].ShouldBe(0, 0.00002, rendition.Name);
        times.Length.ShouldBeInRange(expected - wanted.FramesOff, expected + wanted.FramesOff, rendition.Name);
        times[^1].ShouldBe(plan.DurationSeconds - frame, frame * (1.1 + wanted.FramesOff), rendition.Name);

        if (wanted.Frames is null && wanted.FramesOff == 0)
        {
            times.Zip(times.Skip(1), (one, next) => next - one).ShouldAllBe(step => Math.Abs(step - frame) < 0.0011);
        }

        // Its size, with square pixels, no larger than the source.
        var (width, height, aspect) = await SizeAsync(joined);
        (width * aspect / height).ShouldBe((double)wanted.Size.Width / wanted.Size.Height, 0.04 * wanted.Size.Width / wanted.Size.Height);
        Math.Min(width, height).ShouldBeLessThanOrEqualTo(Math.Min(wanted.Size.Width, wanted.Size.Height));

        // All frames decode, and stand upright.
        var quarters = await TestMedia.BytesAsync(
            "ffmpeg",
            $"-v error -i {joined} -vf scale=2:2:flags=area,format=gray -fps_mode passthrough -f rawvideo -"
        );
        quarters.Length.ShouldBe(times.Length * 4, rendition.Name);

        for (var i = 0; i < quarters.Length; i += 4)
        {
            var four = quarters.AsSpan(i, 4);
            four.IndexOf(four.ToArray().Max()).ShouldBe(wanted.White, $"frame {i / 4} of {rendition.Name}");
            four[wanted.White].ShouldBeGreaterThan((byte)195);
            four[(wanted.White + 1) % 4].ShouldBeInRange((byte)20, (byte)180);
        }

        if (wanted.IsInterlaced)
        {
            var found = await TestMedia.ErrorsAsync("ffmpeg", $"-nostats -i {joined} -vf idet -f null -");
            var line = found.Split('\n').Single(text => text.Contains("Multi frame detection", StringComparison.Ordinal));
            var progressive = line[(line.IndexOf("Progressive:", StringComparison.Ordinal) + 12)..].Trim().Split(' ')[0];

            // It makes up its mind after some frames.
            int.Parse(progressive, CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(times.Length - 5);
        }
    }

    private static async Task CheckSoundAsync(SourceCase wanted, (double From, double To) expected, string joined)
    {
        var bytes = await TestMedia.BytesAsync("ffmpeg", $"-v error -i {joined} -ac 1 -ar {SoundRate} -f f32le -");
        var samples = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        var loud = samples.Chunk(Moment).Select(moment => moment.Sum(sample => sample * sample) / moment.Length > 1e-4).ToList();

        (loud.IndexOf(true) / 20.0).ShouldBe(expected.From, 0.11);
        ((loud.LastIndexOf(true) + 1) / 20.0).ShouldBe(expected.To, 0.11 + (wanted.FramesOff / wanted.Rate));
        (samples.Length / (double)SoundRate).ShouldBe(wanted.Seconds, 0.1 + (wanted.FramesOff / wanted.Rate));

        var middle = samples.AsSpan((int)((expected.From + 0.2) * SoundRate), SoundRate / 4).ToArray();
        Tones.Loudest(middle, SoundRate).ShouldBe(wanted.Tone);
    }

    private static async Task<(int Width, int Height, double Aspect)> SizeAsync(string path)
    {
        var text = await TestMedia.RunAsync(
            "ffprobe",
            $"-v error -show_entries stream=width,height,sample_aspect_ratio -of csv=p=0 {path}"
        );
        var fields = text.Trim().Split(',');
        var aspect = fields[2]
            .Split(':')
            .Select(part => double.TryParse(part, CultureInfo.InvariantCulture, out var number) ? number : 1)
            .ToArray();

        return (
            int.Parse(fields[0], CultureInfo.InvariantCulture),
            int.Parse(fields[1], CultureInfo.InvariantCulture),
            aspect[0] / aspect[^1]
        );
    }
}
