using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Latchkey.Generation.Outputs;

/// <summary>Reads the size of a picture from its header: a bomb is never decoded.</summary>
internal static class PictureSize
{
    /// <summary>In it the size stands in every format but JPEG.</summary>
    private const int HeadLength = 30;

    /// <summary>Of a JPEG up to its frame header. Most have a dozen, and a large colour profile may be a few more.</summary>
    private const int MostSegments = 1000;
    private const int SegmentHeadLength = 9;

    /// <returns><c>null</c> when the header is broken.</returns>
    public static (int Width, int Height)? OfFile(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> head = stackalloc byte[HeadLength];
        var read = RandomAccess.Read(file, head, 0);

        return Of(head[..read], file) is { Width: > 0, Height: > 0 } size ? size : null;
    }

    private static (int Width, int Height)? Of(ReadOnlySpan<byte> head, SafeFileHandle file) =>
        head switch
        {
            [0x89, ..] when head.Length >= 24 => (Big(head[16..]), Big(head[20..])),
            [0xFF, 0xD8, ..] => Jpeg(file),
            [(byte)'G', ..] when head.Length >= 10 => (Little16(head[6..]), Little16(head[8..])),
            [(byte)'R', ..] when head.Length >= HeadLength => WebP(head),
            _ => null,
        };

    /// <summary>The frame header follows some number of segments (ITU-T T.81, B.2.2), which are skipped and not read.</summary>
    private static (int, int)? Jpeg(SafeFileHandle file)
    {
        Span<byte> segment = stackalloc byte[SegmentHeadLength];
        var at = 2L;

        for (var count = 0; count < MostSegments; count++)
        {
            if (RandomAccess.Read(file, segment, at) < SegmentHeadLength || segment[0] != 0xFF)
                return null;

            var marker = segment[1];

            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return (Big16(segment[7..]), Big16(segment[5..]));

            at += marker == 0xFF ? 1 : 2 + Big16(segment[2..]);
        }

        return null;
    }

    /// <summary>https://developers.google.com/speed/webp/docs/riff_container</summary>
    private static (int, int)? WebP(ReadOnlySpan<byte> head) =>
        head[12..16] switch
        {
            [(byte)'V', (byte)'P', (byte)'8', (byte)'X'] => (1 + Little24(head[24..]), 1 + Little24(head[27..])),
            [(byte)'V', (byte)'P', (byte)'8', (byte)' '] => (Little16(head[26..]) & 0x3FFF, Little16(head[28..]) & 0x3FFF),
            [(byte)'V', (byte)'P', (byte)'8', (byte)'L'] when BinaryPrimitives.ReadUInt32LittleEndian(head[21..]) is var bits => (
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
