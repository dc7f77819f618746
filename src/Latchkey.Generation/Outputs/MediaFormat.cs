using System.Buffers.Binary;

namespace Latchkey.Generation.Outputs;

/// <summary>What a file is, by its first bytes, whatever its name or sender says.</summary>
/// <param name="Demuxer">ffmpeg's.</param>
internal sealed record MediaFormat(string ContentType, string Extension, MediaClass Class, string Demuxer)
{
    /// <summary>Bytes that are needed to tell.</summary>
    public const int HeadLength = 16;

    private static readonly MediaFormat Png = new("image/png", "png", MediaClass.Picture, "png_pipe");
    private static readonly MediaFormat Jpeg = new("image/jpeg", "jpg", MediaClass.Picture, "jpeg_pipe");
    private static readonly MediaFormat WebP = new("image/webp", "webp", MediaClass.Picture, "webp_pipe");
    private static readonly MediaFormat Gif = new("image/gif", "gif", MediaClass.Picture, "gif");
    private static readonly MediaFormat Mp4 = new("video/mp4", "mp4", MediaClass.Clip, "mov");
    private static readonly MediaFormat Mov = new("video/quicktime", "mov", MediaClass.Clip, "mov");
    private static readonly MediaFormat WebM = new("video/webm", "webm", MediaClass.Clip, "matroska");
    private static readonly MediaFormat M4a = new("audio/mp4", "m4a", MediaClass.Sound, "mov");
    private static readonly MediaFormat Wav = new("audio/wav", "wav", MediaClass.Sound, "wav");
    private static readonly MediaFormat Mp3 = new("audio/mpeg", "mp3", MediaClass.Sound, "mp3");

    public static MediaFormat? Of(ReadOnlySpan<byte> head) =>
        head switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Png,
            [0xFF, 0xD8, 0xFF, ..] => Jpeg,
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => Gif,
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => WebP,
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'A', (byte)'V', (byte)'E', ..] => Wav,
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', (byte)'M', (byte)'4', (byte)'A', ..] => M4a,
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', (byte)'q', (byte)'t', ..] => Mov,
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => Mp4,
            [0x1A, 0x45, 0xDF, 0xA3, ..] => WebM,
            [(byte)'I', (byte)'D', (byte)'3', ..] or [0xFF, >= 0xE0, ..] => Mp3,
            _ => null,
        };

    public static async Task<MediaFormat?> OfFileAsync(string path, CancellationToken cancellation)
    {
        var head = new byte[HeadLength];
        await using var file = File.OpenRead(path);
        var read = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation);

        return Of(head.AsSpan(0, read));
    }
}

internal enum MediaClass
{
    Picture,
    Clip,
    Sound,
}

/// <summary>Reads the size of a picture from its header: a bomb is never decoded.</summary>
internal static class PictureSize
{
    private const int ReadAtMost = 1 << 20;

    /// <returns><c>null</c> when the header is broken.</returns>
    public static async Task<(int Width, int Height)?> OfFileAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        var bytes = new byte[Math.Min(file.Length, ReadAtMost)];
        await file.ReadExactlyAsync(bytes, cancellation);

        return Of(bytes) is { Width: > 0, Height: > 0 } size ? size : null;
    }

    private static (int Width, int Height)? Of(ReadOnlySpan<byte> bytes) =>
        bytes switch
        {
            [0x89, ..] when bytes.Length >= 24 => (Big(bytes[16..]), Big(bytes[20..])),
            [0xFF, 0xD8, ..] => Jpeg(bytes),
            [(byte)'G', ..] when bytes.Length >= 10 => (Little16(bytes[6..]), Little16(bytes[8..])),
            [(byte)'R', ..] when bytes.Length >= 30 => WebP(bytes),
            _ => null,
        };

    /// <summary>The frame header follows some number of segments (ITU-T T.81, B.2.2).</summary>
    private static (int, int)? Jpeg(ReadOnlySpan<byte> bytes)
    {
        for (var at = 2; at + 9 < bytes.Length && bytes[at] == 0xFF; )
        {
            var marker = bytes[at + 1];

            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return (Big16(bytes[(at + 7)..]), Big16(bytes[(at + 5)..]));

            at += marker == 0xFF ? 1 : 2 + Big16(bytes[(at + 2)..]);
        }

        return null;
    }

    /// <summary>https://developers.google.com/speed/webp/docs/riff_container</summary>
    private static (int, int)? WebP(ReadOnlySpan<byte> bytes) =>
        bytes[12..16] switch
        {
            [(byte)'V', (byte)'P', (byte)'8', (byte)'X'] => (1 + Little24(bytes[24..]), 1 + Little24(bytes[27..])),
            [(byte)'V', (byte)'P', (byte)'8', (byte)' '] => (Little16(bytes[26..]) & 0x3FFF, Little16(bytes[28..]) & 0x3FFF),
            [(byte)'V', (byte)'P', (byte)'8', (byte)'L'] when BinaryPrimitives.ReadUInt32LittleEndian(bytes[21..]) is var bits => (
                (int)(bits & 0x3FFF) + 1,
                (int)(bits >> 14 & 0x3FFF) + 1
            ),
            _ => null,
        };

    private static int Big(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes);

    private static int Big16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static int Little16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static int Little24(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;
}
