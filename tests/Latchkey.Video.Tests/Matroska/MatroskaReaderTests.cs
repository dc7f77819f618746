using System.Globalization;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Index;
using Latchkey.Video.Matroska;
using Latchkey.Video.Tests.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Matroska;

public sealed class MatroskaReaderTests : IDisposable
{
    private const string Clip =
        "-f lavfi -i testsrc2=s=160x90:r=25:d=4 -f lavfi -i sine=440:r=44100:d=4 -c:v libx264 -preset ultrafast -bf 2 -g 25 -c:a aac";

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [Theory]
    [InlineData("clip.mkv", "")]
    [InlineData("front.mkv", "-cues_to_front 1")]
    [InlineData("reserved.mkv", "-reserve_index_space 4096")]
    [InlineData("live.mkv", "-live 1")]
    [InlineData("clusters.mkv", "-cluster_time_limit 300")]
    public async Task Can_read_what_ffprobe_reads(string name, string options)
    {
        var source = await _media.MakeAsync($"{Clip} {options}", name);
        var file = (await MatroskaReader.ReadAsync(source, default)).ShouldNotBeNull();
        file.Tracks.Select(track => (track.Kind, track.Codec))
            .ShouldBe([(MatroskaTrackKind.Video, "V_MPEG4/ISO/AVC"), (MatroskaTrackKind.Audio, "A_AAC")]);
        file.Tracks[0].Width.ShouldBe(160);
        file.Tracks[1].SampleRate.ShouldBe(44100);

        var blocks = await BlocksAsync(file, source);
        blocks[0].ShouldBe(await PacketsAsync(source, "v:0"));
        blocks[1].ShouldBe(await PacketsAsync(source, "a:0"));

        // Cues, or what stands in for them, are ffprobe's keyframes.
        var times = (await new MatroskaIndex(file, source).TimesAsync(default)).ShouldNotBeNull();
        times.Cues.Select(cue => cue.Time).ShouldBe(blocks[0].Where(block => block.IsKey).Select(block => block.Time));
        times.Frames.FramesPerSecond.ShouldBe(25, 0.1);
        ((double)(times.Frames.End - times.Frames.Shown[0]) / times.Frames.Timescale).ShouldBe(4, 0.1);
    }

    [Fact]
    public async Task Cannot_take_another_file_for_a_matroska() =>
        (await MatroskaReader.ReadAsync(new MemoryFile([0, 0, 0, 24, .. "ftyp"u8, .. new byte[100]]), default)).ShouldBeNull();

    [Fact]
    public async Task Cannot_read_a_truncated_file()
    {
        var source = await _media.MakeAsync(Clip, "clip.mkv");
        var bytes = await File.ReadAllBytesAsync(source.Path);

        (await Should.ThrowAsync<MediaException>(() => MatroskaReader.ReadAsync(new MemoryFile(bytes[..^2000]), default))).Reason.ShouldBe(
            MediaFailure.Truncated
        );
    }

    /// <summary>A recording that was broken off has neither a length nor cues, and half a block at its end.</summary>
    [Fact]
    public async Task Can_read_a_recording_that_was_broken_off()
    {
        var source = await _media.MakeAsync($"{Clip} -live 1", "live.mkv");
        var bytes = await File.ReadAllBytesAsync(source.Path);
        var cut = new MemoryFile(bytes[..^20_000]);
        var file = (await MatroskaReader.ReadAsync(cut, default)).ShouldNotBeNull();

        var times = (await new MatroskaIndex(file, cut).TimesAsync(default)).ShouldNotBeNull();
        times.Frames.KnowsEveryFrame.ShouldBeTrue();
        times.Frames.Shown.Length.ShouldBeInRange(50, 99);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-live 1")]
    public async Task Cannot_be_broken_by_a_broken_file(string options)
    {
        var source = await _media.MakeAsync($"{Clip} {options}", "clip.mkv");
        var good = await File.ReadAllBytesAsync(source.Path);
        var file = (await MatroskaReader.ReadAsync(new MemoryFile(good), default)).ShouldNotBeNull();
        var random = new Random(2);
        var index = await IndexBytesAsync(file, source, good.Length);
        var (failures, read) = (0, 0);

        for (var round = 0; round < 3000; round++)
        {
            var bytes = (byte[])good.Clone();

            for (var flips = random.Next(1, 5); flips > 0; flips--)
            {
                bytes[index[random.Next(index.Length)]] = random.Next(4) switch
                {
                    0 => 0xFF,
                    1 => 0,
                    2 => 0x01,
                    _ => (byte)random.Next(256),
                };
            }

            bytes = random.Next(8) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
            var broken = new MemoryFile(bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();

            try
            {
                if (await MatroskaReader.ReadAsync(broken, default) is { } found)
                {
                    await new MatroskaIndex(found, broken).MakeAsync(default);
                    read++;
                }
            }
            catch (MediaException)
            {
                failures++;
            }

            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64L << 20);
            broken.BytesRead.ShouldBeLessThan(64L << 20);
        }

        failures.ShouldBeGreaterThan(100);
        read.ShouldBeGreaterThan(100);
    }

    private static async Task<List<(long Time, bool IsKey, long Size)>[]> BlocksAsync(MatroskaFile file, LocalFile source)
    {
        List<(long, bool, long)>[] blocks =
        [
            [],
            [],
        ];
        var clusters = new ClusterReader(file, source);
        clusters.Seek(file.FirstCluster);

        while (await clusters.NextAsync(default) is { } block)
        {
            blocks[block.Track - 1].Add((block.Time, block.IsKey, block.Size));
        }

        return blocks;
    }

    private static async Task<List<(long Time, bool IsKey, long Size)>> PacketsAsync(LocalFile source, string stream) =>
        (
            await TestMedia.RunAsync(
                "ffprobe",
                $"-v error -select_streams {stream} -show_entries packet=pts,size,flags -of csv=p=0 {source.Path}"
            )
        )
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(','))
            .Select(fields =>
                (
                    long.Parse(fields[0], CultureInfo.InvariantCulture),
                    fields[2][0] == 'K',
                    long.Parse(fields[1], CultureInfo.InvariantCulture)
                )
            )
            .ToList();

    /// <summary>Everything but the media.</summary>
    private static async Task<int[]> IndexBytesAsync(MatroskaFile file, LocalFile source, int length)
    {
        var isMedia = new bool[length];
        var clusters = new ClusterReader(file, source);
        clusters.Seek(file.FirstCluster);

        while (await clusters.NextAsync(default) is { } block)
        {
            isMedia.AsSpan((int)block.Data, (int)block.Size).Fill(true);
        }

        return [.. Enumerable.Range(0, length).Where(at => !isMedia[at])];
    }
}
