using System.Diagnostics;
using Latchkey.Generation.Outputs;
using Latchkey.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Outputs;

public sealed class PictureSizeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("png", "-c:v png")]
    [InlineData("jpg", "-c:v mjpeg")]
    [InlineData("gif", "-c:v gif")]
    [InlineData("webp", "-c:v libwebp")]
    [InlineData("lossless.webp", "-c:v libwebp -lossless 1")]
    [InlineData("alpha.webp", "-pix_fmt yuva420p -c:v libwebp")]
    public async Task Can_read_the_size_of(string name, string encoder) =>
        PictureSize.OfFile(await MakeAsync(name, encoder)).ShouldBe((322, 124));

    /// <summary>Colour profiles and the pictures of cameras' screens may be megabytes before the picture itself.</summary>
    [Fact]
    public async Task Can_read_the_size_of_a_JPEG_behind_much_else()
    {
        var path = await MakeAsync("much.jpg", "-c:v mjpeg");
        var bytes = await File.ReadAllBytesAsync(path);
        byte[] segment = [0xFF, 0xE2, 0xFF, 0xFF, .. new byte[0xFFFD]];
        byte[] much = [.. bytes[..2], .. Enumerable.Repeat(segment, 40).SelectMany(its => its), 0xFF, .. bytes[2..]];
        await File.WriteAllBytesAsync(path, much);

        PictureSize.OfFile(path).ShouldBe((322, 124));
    }

    [Theory]
    [InlineData("png", "-c:v png", 20)]
    [InlineData("jpg", "-c:v mjpeg", 100)]
    [InlineData("gif", "-c:v gif", 9)]
    [InlineData("webp", "-c:v libwebp", 29)]
    [InlineData("empty.png", "-c:v png", 0)]
    public async Task Cannot_read_it_where_the_header_is_cut_off(string name, string encoder, int length)
    {
        var path = await MakeAsync(name, encoder);
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path))[..length]);

        PictureSize.OfFile(path).ShouldBeNull();
    }

    private async Task<string> MakeAsync(string name, string encoder)
    {
        var path = _folder.File(name);
        using var process = Process.Start(
            "ffmpeg",
            $"-nostdin -v error -f lavfi -i testsrc=s=322x124 -frames:v 1 {encoder} -f image2 -update 1 {path}"
        );
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0);

        return path;
    }
}
