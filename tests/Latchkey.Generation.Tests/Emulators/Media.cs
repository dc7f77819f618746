using System.Buffers.Binary;
using System.Diagnostics;
using Latchkey.Testing;

namespace Latchkey.Generation.Tests.Emulators;

/// <summary>Real files, made once.</summary>
internal static class Media
{
    private static readonly Lazy<byte[]> LazyPng = new(() => Make("png", "-frames:v 1 -c:v png -f image2 -update 1"));
    private static readonly Lazy<byte[]> LazyLargePng = new(() =>
        Make("png", "-vf scale=1280:720 -frames:v 1 -c:v png -f image2 -update 1")
    );
    private static readonly Lazy<byte[]> LazyMp4 = new(() => Make("mp4", "-t 1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -f mp4"));

    public static byte[] Png => LazyPng.Value;

    public static byte[] LargePng => LazyLargePng.Value;

    public static byte[] Mp4 => LazyMp4.Value;

    public static string PngDataUrl => "data:image/png;base64," + Convert.ToBase64String(Png);

    public static string Mp4DataUrl => "data:video/mp4;base64," + Convert.ToBase64String(Mp4);

    public static string WavDataUrl => "data:audio/wav;base64," + Convert.ToBase64String(Wav(2));

    /// <summary>A few hundred bytes that say they are 3.6 thousand million pixels.</summary>
    public static byte[] HugePng
    {
        get
        {
            var bytes = (byte[])Png.Clone();
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), 60_000);
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), 60_000);
            return bytes;
        }
    }

    private static byte[] Wav(int seconds)
    {
        const int rate = 8000;
        var bytes = new byte[44 + seconds * rate];
        "RIFF"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        "WAVEfmt "u8.CopyTo(bytes.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), rate);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(32), 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(34), 8);
        "data"u8.CopyTo(bytes.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), seconds * rate);
        return bytes;
    }

    private static byte[] Make(string extension, string arguments)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("file." + extension);
        var all = $"-nostdin -loglevel error -f lavfi -i testsrc2=size=320x240:rate=10:duration=1 {arguments} {path}";
        using var process = Process.Start("ffmpeg", all);
        process.WaitForExit();

        return File.ReadAllBytes(path);
    }
}
