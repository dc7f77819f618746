using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Early;
using Latchkey.Video.Encoding.Index;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding.Index;

public sealed class EarlyIndexTests : IDisposable
{
    private const string Clip =
        "-f lavfi -i testsrc2=s=320x240:r=25:d=24 -f lavfi -i sine=440:r=48000:d=24 -c:v libx264 -preset ultrafast -b:v 1M -g 50 -bf 2 -c:a aac";

    /// <summary>30 MB in 40 s, so that its first 600 frames take less than its end leaves.</summary>
    private const string Long =
        "-f lavfi -i testsrc2=s=640x360:r=25:d=40 -f lavfi -i sine=440:r=44100:d=40 -c:v libx264 -preset ultrafast -b:v 6M -minrate 6M -maxrate 6M -bufsize 6M -x264-params nal-hrd=cbr -g 50 -bf 2 -c:a aac";

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [Theory]
    [InlineData("front.mp4", "-movflags +faststart")]
    [InlineData("front.mkv", "-cues_to_front 1")]
    public async Task Can_plan_and_cut_a_source_of_which_a_part_has_arrived(string name, string options)
    {
        var whole = await _media.MakeAsync($"{Clip} {options}", name);
        var expected = await _media.PlanAsync(whole);
        var length = whole.File.Length;
        var part = await HoledAsync(whole, length / 3);
        var received = new ReceivedBytes([new ByteRange(0, length / 3)]);

        foreach (var told in new long?[] { length, null })
        {
            var index = (await Early().TryAsync(part.Input, received, told, default)).ShouldNotBeNull();
            var plan = PlanMaker.Make(index, new PlanOptions());

            EncodingPlanJson
                .Write(plan with { Source = plan.Source with { Bitrate = null } })
                .ShouldBe(EncodingPlanJson.Write(expected with { Source = expected.Source with { Bitrate = null } }));
        }

        // The segments whose bytes are there can be made of them, the same as those of the whole file.
        var growing = new ReceivedFile(part, received, length);
        var extents = await SegmentExtents.OpenAsync(expected, growing, default);
        var ready = Enumerable.Range(0, expected.SegmentCount).Where(n => received.Covers(extents.Of(n))).ToList();
        ready.ShouldBe(Enumerable.Range(0, ready.Count));
        ready.Count.ShouldBeInRange(1, expected.SegmentCount - 2);

        foreach (var rendition in new[] { "240p", "audio" })
        {
            var ours = await _media.SegmentsAsync(new SourceInput(growing, part.Path), expected, rendition, (0, ready.Count));
            var theirs = await _media.SegmentsAsync(whole, expected, rendition, (0, ready.Count));

            foreach (var n in ready.Select(MadeSegment.NameOf))
            {
                (await File.ReadAllBytesAsync(Path.Combine(ours, n))).ShouldBe(await File.ReadAllBytesAsync(Path.Combine(theirs, n)));
            }
        }
    }

    [Theory]
    [InlineData("back.mkv", "")]
    [InlineData("uneven.mkv", "-force_key_frames 0,1.2,4,4.4,9,10,17")]
    public async Task Can_guess_the_beginning_of_a_source_whose_cues_come_last(string name, string options)
    {
        var whole = await _media.MakeAsync($"{Clip.Replace("320x240", "640x360", StringComparison.Ordinal)} -c:a ac3 {options}", name);
        var expected = await _media.PlanAsync(whole);
        var length = whole.File.Length;
        var part = await HoledAsync(whole, length / 2);
        var received = new ReceivedBytes([new ByteRange(0, length / 2)]);

        var index = (await Early().TryAsync(part.Input, received, length, default)).ShouldNotBeNull();
        index.IsGuess.ShouldBeTrue();
        var plan = PlanMaker.Make(index, new PlanOptions());
        plan.Video.Select(video => (video.Name, video.Method)).ShouldBe(expected.Video.Select(video => (video.Name, video.Method)));

        var growing = new ReceivedFile(part, received, length);
        var extents = await SegmentExtents.OpenAsync(plan, growing, default);
        var ready = Enumerable.Range(0, plan.SegmentCount).TakeWhile(n => received.Covers(extents.Of(n))).ToList();
        ready.Count.ShouldBeInRange(1, expected.SegmentCount - 2);

        foreach (var rendition in new[] { "240p", "audio" })
        {
            ready.ShouldAllBe(n => PlanAgreement.OnSegment(plan, expected, rendition, n));
            (name == "uneven.mkv" && Disagree(plan, expected, rendition)).ShouldBe(
                name == "uneven.mkv",
                "what was guessed is not believed"
            );

            var ours = await _media.SegmentsAsync(new SourceInput(growing, part.Path), plan, rendition, (0, ready.Count));
            var theirs = await _media.SegmentsAsync(whole, expected, rendition, (0, ready.Count));

            (await File.ReadAllBytesAsync(Path.Combine(ours, MadeSegment.InitName))).ShouldBe(
                await File.ReadAllBytesAsync(Path.Combine(theirs, MadeSegment.InitName))
            );
            Names(ours).ShouldBe(Names(theirs));
        }
    }

    [Theory]
    [InlineData("stream.ts")]
    [InlineData("stream.flv")]
    public async Task Can_guess_the_beginning_of_a_long_source_without_an_index(string name)
    {
        const long Arrived = 24 << 20;
        var whole = await _media.MakeAsync(Long, name);
        var indexer = new SourceIndexer(TestMedia.Ffmpeg) { WholeScanBytes = 1 << 20 };
        var expected = PlanMaker.Make(await indexer.IndexAsync(whole.Input, default), new PlanOptions());
        var part = await HoledAsync(whole, Arrived);
        var received = new ReceivedBytes([new ByteRange(0, Arrived)]);
        expected.KnowsFrames.ShouldBeFalse();

        foreach (var told in new long?[] { whole.File.Length, null })
        {
            var index = (await new EarlyIndex(indexer, TestMedia.Ffmpeg).TryAsync(part.Input, received, told, default)).ShouldNotBeNull();
            index.IsGuess.ShouldBeTrue();
            var plan = PlanMaker.Make(index, new PlanOptions());
            var growing = new ReceivedFile(part, received, told);
            var extents = await SegmentExtents.OpenAsync(plan, growing, default);
            var ready = Enumerable.Range(0, plan.SegmentCount).TakeWhile(n => received.Covers(extents.Of(n))).ToList();
            var wanted = plan.SegmentAt(10);
            ready.Count.ShouldBeGreaterThan(wanted);

            foreach (var rendition in new[] { "240p", "audio" })
            {
                Enumerable.Range(0, wanted).ShouldAllBe(n => PlanAgreement.OnSegment(plan, expected, rendition, n));
                var ours = await _media.SegmentsAsync(new SourceInput(growing, part.Path), plan, rendition, (0, 2));
                var theirs = await _media.SegmentsAsync(whole, expected, rendition, (0, 2));

                Names(ours).ShouldBe(Names(theirs));
                (await File.ReadAllBytesAsync(Path.Combine(ours, MadeSegment.InitName))).ShouldBe(
                    await File.ReadAllBytesAsync(Path.Combine(theirs, MadeSegment.InitName))
                );
            }
        }
    }

    [Fact]
    public async Task Cannot_guess_by_less_of_the_beginning_than_the_whole_file_is_known_by()
    {
        var whole = await _media.MakeAsync(Long, "stream.ts");
        var indexer = new SourceIndexer(TestMedia.Ffmpeg) { WholeScanBytes = 1 << 20 };
        var part = await HoledAsync(whole, 10 << 20);

        (
            await new EarlyIndex(indexer, TestMedia.Ffmpeg).TryAsync(
                part.Input,
                new ReceivedBytes([new ByteRange(0, 10 << 20)]),
                whole.File.Length,
                default
            )
        ).ShouldBeNull();
    }

    [Theory]
    [InlineData("front.mp4", "-movflags +faststart")]
    [InlineData("front.mkv", "-cues_to_front 1")]
    [InlineData("back.mp4", "")]
    [InlineData("back.mkv", "")]
    [InlineData("live.mkv", "-live 1")]
    [InlineData("fragments.mp4", "-movflags +frag_keyframe+empty_moov")]
    [InlineData("stream.ts", "")]
    public async Task Cannot_fail_for_missing_bytes(string name, string options)
    {
        var whole = await _media.MakeAsync($"{Clip} {options}", name);
        var random = new Random(3);
        SourceIndex? last = null;

        for (var at = 0L; at < whole.File.Length; at += random.Next(1, (int)whole.File.Length / 12))
        {
            var received = new ReceivedBytes([new ByteRange(0, at)]);
            var found = await Early().TryAsync(whole.Input, received, random.Next(2) == 0 ? whole.File.Length : null, default);

            // What is known stays known.
            (found is null && last is not null).ShouldBeFalse();
            last = found;
        }
    }

    [Fact]
    public async Task Cannot_take_garbage_for_a_source()
    {
        byte[] garbage = [0, 0, 0, 24, .. "ftypisom"u8, .. new byte[12], 0, 0, 1, 0, .. "moov"u8, .. Enumerable.Repeat((byte)7, 248)];
        var file = _media.Scratch.File("garbage.mp4");
        await File.WriteAllBytesAsync(file, garbage);
        var source = new LocalFile(file);

        await Should.ThrowAsync<MediaException>(() =>
            Early().TryAsync(source.Input, new ReceivedBytes([new ByteRange(0, garbage.Length)]), 1 << 20, default)
        );
    }

    [Fact]
    public async Task Can_estimate_where_a_segment_of_a_transport_stream_lies()
    {
        var whole = await _media.MakeAsync(Clip, "stream.ts");
        var plan = await _media.PlanAsync(whole);
        var extents = await SegmentExtents.OpenAsync(plan, whole, default);

        extents.Of(0).From.ShouldBe(0);
        extents.Of(plan.SegmentCount - 1).To.ShouldBe(whole.File.Length);
    }

    private static IEnumerable<string?> Names(string folder) => Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order();

    private static bool Disagree(EncodingPlan plan, EncodingPlan expected, string rendition) =>
        Enumerable.Range(0, expected.SegmentCount).Any(n => !PlanAgreement.OnSegment(plan, expected, rendition, n));

    private static EarlyIndex Early() => new(new SourceIndexer(TestMedia.Ffmpeg), TestMedia.Ffmpeg);

    /// <summary>As an upload leaves it: its beginning, and then nothing.</summary>
    private async Task<LocalFile> HoledAsync(LocalFile whole, long received)
    {
        var bytes = await File.ReadAllBytesAsync(whole.Path);
        bytes.AsSpan((int)received).Clear();
        var path = _media.Scratch.File($"holed{Path.GetExtension(whole.Path)}");
        await File.WriteAllBytesAsync(path, bytes);
        return new LocalFile(path);
    }
}
