using System.Runtime.InteropServices;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Index;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

/// <summary>A source with several sounds: each is a rendition, and the viewer has the choice.</summary>
public sealed class AudioTracksTests : IDisposable
{
    private const int Rate = 8000;

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [Theory]
    [InlineData("tracks.mp4", "-c:v libx264 -preset ultrafast -g 25 -c:a aac -c:a:1 ac3", true)]
    [InlineData("tracks.mkv", "-c:v libx264 -preset ultrafast -g 25 -c:a aac -c:a:1 ac3", true)]
    [InlineData("tracks.ts", "-c:v libx264 -preset ultrafast -g 25 -c:a aac -c:a:1 ac3", false)]
    [InlineData("tracks.webm", "-c:v libvpx -deadline realtime -c:a libopus", false)]
    public async Task Can_offer_all_of_them(string name, string codecs, bool isCopied)
    {
        var source = await _media.MakeAsync(
            name,
            [
                $"{SourceCase.Picture()} {SourceCase.Sine()} {SourceCase.Sine(44100, tone: 880)} {SourceCase.Sine(tone: 1760)} -map 0 -map 1 -map 2 -map 3 "
                    + $"{codecs} -metadata:s:a:0 language=ger -metadata:s:a:1 language=rus -metadata:s:a:2 language=ger @{name}",
            ]
        );
        var plan = await _media.PlanAsync(source);
        var copied = isCopied ? RenditionMethod.Copied : RenditionMethod.Encoded;

        plan.AudioGroup()
            .Select(audio => (audio.Folder, audio.Method, audio.Language, audio.Name))
            .ShouldBe([
                ("audio", copied, "de", "Deutsch"),
                ("audio-2", RenditionMethod.Encoded, "ru", "Русский"),
                ("audio-3", copied, "de", "Deutsch 2"),
            ]);

        // The last segment first, each by itself.
        (int, int)[] runs = [.. Enumerable.Range(0, plan.SegmentCount).Reverse().Select(n => (n, n + 1))];
        var made = await _media.MakeSegmentsAsync(source, plan, runs);
        var whole = await _media.MakeSegmentsAsync(source, plan, (0, plan.SegmentCount));

        foreach (var (folder, tone) in new[] { ("audio", 440), ("audio-2", 880), ("audio-3", 1760) })
        {
            var samples = await SamplesAsync(made[folder]);
            (samples.Length / (double)Rate).ShouldBe(SourceCase.UsualSeconds, 0.1, folder);
            samples.Chunk(Rate / 2).ShouldAllBe(half => half.Length < Rate / 4 || Tones.Loudest(half, Rate) == tone, folder);
            (await TestMedia.TimesAsync(made[folder], "a:0")).ShouldBe(await TestMedia.TimesAsync(whole[folder], "a:0"), folder);
        }
    }

    [Fact]
    public async Task Can_list_them_so_that_a_player_offers_the_choice()
    {
        var source = await _media.MakeAsync(
            "film.mp4",
            [
                $"{SourceCase.Picture()} {SourceCase.Sine()} {SourceCase.Sine()} -map 0 -map 1 -map 2 -c:v libx264 -preset ultrafast -c:a aac -metadata:s:a:1 language=fra @film.mp4",
            ]
        );
        var plan = await _media.PlanAsync(source);

        Lines(Playlists.Master(plan, []))
            .ShouldBe([
                "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"audio\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"1\",URI=\"audio/manifest.m3u8\"",
                "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Français\",LANGUAGE=\"fr\",DEFAULT=NO,AUTOSELECT=YES,CHANNELS=\"1\",URI=\"audio-2/manifest.m3u8\"",
            ]);

        // One that could not be made is not missed, and another takes its place.
        Lines(Playlists.Master(plan, ["audio"])).ShouldHaveSingleItem().ShouldContain("LANGUAGE=\"fr\",DEFAULT=YES");
        Playlists.Media(plan, "audio-2").ShouldNotBeNull().ShouldContain("v1/0.m4s");
        Playlists.Media(plan, "audio-3").ShouldBeNull();

        var back = EncodingPlanJson.Read(EncodingPlanJson.Write(plan));
        back.OtherAudio.ShouldHaveSingleItem().FrameBoundaries.ShouldBe(plan.OtherAudio[0].FrameBoundaries);
        (back.OtherAudio[0].Stream, back.OtherAudio[0].Language).ShouldBe((plan.OtherAudio[0].Stream, "fr"));
    }

    [Theory]
    [InlineData("ger", null, "de", "Deutsch")]
    [InlineData("pt-BR", null, "pt-br", "Português (Brasil)")]
    [InlineData("rus", "Комментарий", "ru", "Комментарий")]
    [InlineData("und", null, null, "audio")]
    [InlineData("klingon", " ", null, "audio")]
    [InlineData("e\"n", "say \"hello\"\n#EXT", null, "say hello#EXT")]
    [InlineData(null, null, null, "audio")]
    public void Can_name_them(string? language, string? title, string? tag, string name) =>
        AudioLabel.Of([Sound(language, title)]).ShouldBe([new AudioLabel(tag, name)]);

    [Fact]
    public void Can_tell_those_of_one_name_apart() =>
        AudioLabel
            .Of([Sound("eng", "Stereo"), Sound("fra", "stereo"), Sound("deu", "Stereo")])
            .Select(label => label.Name)
            .ShouldBe(["Stereo", "stereo 2", "Stereo 3"]);

    private static AudioIndex Sound(string? language, string? title) =>
        new()
        {
            Stream = "1",
            Codec = "aac",
            SampleRate = 48000,
            Channels = 2,
            Language = language,
            Title = title,
        };

    private static List<string> Lines(string master) =>
        [.. master.Split('\n').Where(line => line.StartsWith("#EXT-X-MEDIA:", StringComparison.Ordinal))];

    private static async Task<float[]> SamplesAsync(string joined) =>
        MemoryMarshal
            .Cast<byte, float>(await TestMedia.BytesAsync("ffmpeg", $"-v error -i {joined} -ac 1 -ar {Rate} -f f32le -"))
            .ToArray();
}
