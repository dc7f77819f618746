using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Shouldly;
using ZXing;
using ZXing.Common;
using ZXing.QrCode;

namespace Latchkey.Vpn.Tests.QrCodes;

/// <summary>Reads a QR code from the pixels of a picture, as a telephone does.</summary>
internal static partial class QrReader
{
    private const int Black = 0;
    private const int White = 255;

    /// <summary>Of a grey PNG with one bit a pixel (https://www.w3.org/TR/png-3/).</summary>
    public static string ReadPng(byte[] png)
    {
        var (width, height) = SizeOfPng(png);
        (png[24], png[25], png[28]).ShouldBe(((byte)1, (byte)0, (byte)0), "one bit, grey, not interlaced");
        var rows = Unpack(png);
        var stride = (width + 7) / 8;
        var pixels = new byte[width * height];

        for (var y = 0; y < height; y++)
        {
            var row = rows.AsSpan(y * (stride + 1), stride + 1);
            row[0].ShouldBe((byte)0, "an unfiltered row");

            for (var x = 0; x < width; x++)
                pixels[y * width + x] = (row[1 + x / 8] >> (7 - x % 8) & 1) == 0 ? (byte)Black : (byte)White;
        }

        return Decode(pixels, width, height);
    }

    public static (int Width, int Height) SizeOfPng(byte[] png)
    {
        png[..8].ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);

        return (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
    }

    /// <summary>Of the dark path's rectangles.</summary>
    public static string ReadSvg(string svg)
    {
        const int scale = 4;
        var root = XDocument.Parse(svg).Root!;
        var modules = int.Parse(root.Attribute("viewBox")!.Value.Split(' ')[2], CultureInfo.InvariantCulture);
        var size = modules * scale;
        var pixels = new byte[size * size];
        Array.Fill(pixels, (byte)White);

        foreach (Match run in Run().Matches(root.Elements().Last().Attribute("d")!.Value))
        {
            var (x, y, length) = (Number(run, 1), Number(run, 2), Number(run, 3));

            for (var row = y * scale; row < (y + 1) * scale; row++)
                Array.Fill(pixels, (byte)Black, row * size + x * scale, length * scale);
        }

        return Decode(pixels, size, size);
    }

    private static string Decode(byte[] pixels, int width, int height)
    {
        var source = new RGBLuminanceSource(pixels, width, height, RGBLuminanceSource.BitmapFormat.Gray8);
        // They are nothing but codes: searching a picture for corners, as for photographs, misses one now and then.
        var hints = new Dictionary<DecodeHintType, object> { [DecodeHintType.PURE_BARCODE] = true };
        var bitmap = new BinaryBitmap(new HybridBinarizer(source));
        var result = new QRCodeReader().decode(bitmap, hints);

        return result.ShouldNotBeNull("there is a code that can be read").Text;
    }

    private static byte[] Unpack(byte[] png)
    {
        using var packed = new MemoryStream();

        for (var at = 8; at < png.Length; )
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));

            if (Encoding.ASCII.GetString(png, at + 4, 4) == "IDAT")
                packed.Write(png, at + 8, length);

            at += 12 + length;
        }

        packed.Position = 0;
        using var unpacked = new MemoryStream();
        using var zlib = new ZLibStream(packed, CompressionMode.Decompress);
        zlib.CopyTo(unpacked);

        return unpacked.ToArray();
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"M(\d+) (\d+)h(\d+)v1H\1z")]
    private static partial Regex Run();
}
