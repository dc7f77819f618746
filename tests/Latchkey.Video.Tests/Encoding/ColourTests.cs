using Latchkey.Video.Encoding;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

/// <summary>Wide colours at ordinary brightness come out as the colours that were meant.</summary>
public sealed class ColourTests : IDisposable
{
    private static readonly byte[] Meant = [0xC0, 0x40, 0x20];

    private readonly TestMedia _media = new();

    public void Dispose() => _media.Dispose();

    [Theory]
    [InlineData(
        "wide.mp4",
        "yuv420p10le",
        "-c:v libx265 -preset ultrafast -x265-params log-level=none:colorprim=bt2020:transfer={0}:colormatrix=bt2020nc"
    )]
    [InlineData("wide.webm", "yuv420p", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8")]
    [InlineData("eight.mp4", "yuv420p", "-c:v libx264 -preset ultrafast -g 1000")]
    public async Task Can_bring_wide_colours_to_any_screen(string name, string format, string codec)
    {
        var transfer = format == "yuv420p" ? "bt709" : "bt2020-10";
        var tags = $"-color_primaries bt2020 -color_trc {transfer} -colorspace bt2020nc -color_range tv";
        var source = await _media.MakeAsync(
            name,
            [
                "-f lavfi -i color=c=0xC04020:s=640x360:r=25:d=1 -vf format=gbrp,zscale=tin=bt709:pin=bt709:min=gbr:rin=pc:t=bt709:p=bt2020:m=bt2020nc:r=tv,"
                    + $"format={format} {string.Format(System.Globalization.CultureInfo.InvariantCulture, codec, transfer)} {tags} @{name}",
            ]
        );
        var plan = await _media.PlanAsync(source);
        plan.Source.IsWideGamut.ShouldBeTrue();
        var rendition = plan.Video.First(video => video.Method == RenditionMethod.Encoded).Name;

        var made = await _media.MakeSegmentsAsync(source, plan, (0, plan.SegmentCount));

        (await MeanAsync(made[rendition])).ShouldAllBe(difference => difference <= 6);
    }

    /// <summary>How far the picture's mean is from what was meant, by colour.</summary>
    private static async Task<int[]> MeanAsync(string file)
    {
        var bytes = await TestMedia.BytesAsync(
            "ffmpeg",
            $"-v error -i {file} -vf zscale=min=bt709:tin=bt709:pin=bt709:rin=tv:m=gbr:r=pc,format=gbrp,scale=1:1:flags=area,format=rgb24 -frames:v 1 -f rawvideo -"
        );

        return [.. bytes.Zip(Meant, (seen, meant) => Math.Abs(seen - meant))];
    }
}
