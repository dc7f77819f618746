using System.Diagnostics;
using System.Globalization;
using Latchkey.Video.Encoding;
using Latchkey.Video.Mp4;
using Latchkey.Video.Tests.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Mp4;

public sealed class Mp4ReaderTests : IDisposable
{
    private const string Clip =
        "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -f lavfi -i sine=440:r=44100:d=2 -c:v libx264 -preset ultrafast -bf 2 -g 10 -c:a aac";

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("-movflags +faststart")]
    [InlineData("-movflags +frag_keyframe+empty_moov")]
    [InlineData("-movflags +frag_keyframe+default_base_moof+delay_moov")]
    [InlineData("-movflags +negative_cts_offsets")]
    [InlineData("-f mov")]
    public async Task Can_read_what_ffprobe_reads(string options)
    {
        var source = await _media.MakeAsync($"{Clip} {options}", "clip.mp4");
        var file = (await Mp4Reader.ReadAsync(source, default)).ShouldNotBeNull();

        foreach (var (kind, stream) in new[] { (Mp4TrackKind.Video, "v:0"), (Mp4TrackKind.Audio, "a:0") })
        {
            var packets = (
                await TestMedia.RunAsync(
                    "ffprobe",
                    $"-v error -select_streams {stream} -show_entries packet=size,pos,flags -of csv=p=0 {source.Path}"
                )
            )
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(','))
                .Select(fields =>
                    (
                        long.Parse(fields[0], CultureInfo.InvariantCulture),
                        long.Parse(fields[1], CultureInfo.InvariantCulture),
                        fields[2][0] == 'K'
                    )
                );
            var track = file.Tracks.Single(track => track.Kind == kind);

            Enumerable
                .Range(0, track.Samples.Count)
                .Select(i => ((long)track.Samples.Size(i), track.Samples.Offset(i), track.Samples.IsSync(i)))
                .ShouldBe(packets);
        }
    }

    [Fact]
    public async Task Can_read_a_file_with_zeros_after_its_end()
    {
        var source = await _media.MakeAsync(Clip, "clip.mp4");
        var bytes = await File.ReadAllBytesAsync(source.Path);
        Array.Resize(ref bytes, bytes.Length + 100_000);

        (await Mp4Reader.ReadAsync(new MemoryFile(bytes), default)).ShouldNotBeNull().Tracks.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Cannot_take_another_file_for_an_mp4() =>
        (await Mp4Reader.ReadAsync(new MemoryFile([0x1A, 0x45, 0xDF, 0xA3, .. new byte[100]]), default)).ShouldBeNull();

    [Fact]
    public async Task Cannot_read_a_truncated_file()
    {
        var source = await _media.MakeAsync($"{Clip} -movflags +faststart", "clip.mp4");
        var bytes = await File.ReadAllBytesAsync(source.Path);

        (await Should.ThrowAsync<MediaException>(() => Mp4Reader.ReadAsync(new MemoryFile(bytes[..^2000]), default))).Reason.ShouldBe(
            MediaFailure.Truncated
        );

        // ffprobe would be content with its index; the frames are not there all the same.
        var cut = _media.Scratch.File("cut.mp4");
        await File.WriteAllBytesAsync(cut, bytes[..^2000]);
        (await Should.ThrowAsync<MediaException>(() => _media.PlanAsync(new LocalFile(cut)))).Reason.ShouldBe(MediaFailure.Truncated);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-movflags +frag_keyframe+default_base_moof+delay_moov")]
    public async Task Cannot_be_broken_by_a_broken_file(string options)
    {
        var source = await _media.MakeAsync($"{Clip} {options}", "clip.mp4");
        var good = await File.ReadAllBytesAsync(source.Path);
        var random = new Random(1);
        var clock = Stopwatch.StartNew();
        var failures = 0;
        var index = IndexBytes(good);

        for (var round = 0; round < 4000; round++)
        {
            var bytes = (byte[])good.Clone();

            for (var flips = random.Next(1, 5); flips > 0; flips--)
            {
                // Where boxes are, and numbers that are worth trying.
                bytes[index[random.Next(index.Length)]] = random.Next(4) switch
                {
                    0 => 0xFF,
                    1 => 0,
                    2 => 0x7F,
                    _ => (byte)random.Next(256),
                };
            }

            bytes = random.Next(8) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
            var before = GC.GetAllocatedBytesForCurrentThread();

            try
            {
                var file = await Mp4Reader.ReadAsync(new MemoryFile(bytes), default);
                file?.Tracks.Sum(track => track.Samples.Count).ShouldBeLessThan(SampleTable.MaxSamples);
            }
            catch (MediaException)
            {
                failures++;
            }

            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(256L << 20);
        }

        failures.ShouldBeGreaterThan(100);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    /// <summary>Everything but the media.</summary>
    private static int[] IndexBytes(byte[] file)
    {
        var positions = new List<int>();

        for (var at = 0; at + 8 <= file.Length; )
        {
            var size = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            var isMedia = file.AsSpan(at + 4, 4).SequenceEqual("mdat"u8);
            positions.AddRange(Enumerable.Range(at, isMedia ? 8 : size));
            at += size;
        }

        return [.. positions];
    }
}
