using System.Collections;
using System.Globalization;
using System.Text;
using QRCoder;

namespace Latchkey.Vpn.QrCodes;

/// <summary>A QR code as a picture.</summary>
internal sealed class QrImage : IDisposable
{
    private readonly QRCodeData _code;

    private QrImage(QRCodeData code) => _code = code;

    // The quiet zone is part of it.
    private int Modules => _code.ModuleMatrix.Count;

    /// <exception cref="QRCoder.Exceptions.DataTooLongException">More than some 2,900 bytes.</exception>
    public static QrImage Of(string text)
    {
        try
        {
            // Survives a scratch, and is still coarse enough for a telephone's camera.
            return new QrImage(QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M));
        }
        catch (QRCoder.Exceptions.DataTooLongException)
        {
            return new QrImage(QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L));
        }
    }

    /// <param name="size">Pixels a side: at most so many, since each module is a whole number of them.</param>
    public byte[] ToPng(int size)
    {
        using var png = new PngByteQRCode(_code);

        return png.GetGraphic(Math.Max(1, size / Modules));
    }

    /// <summary>One path, so that no reader shows seams between modules.</summary>
    public string ToSvg(int size)
    {
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{size}\" height=\"{size}\" viewBox=\"0 0 {Modules} {Modules}\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{Modules}v{Modules}H0z\"/><path d=\""
        );

        for (var row = 0; row < Modules; row++)
            AppendRow(svg, _code.ModuleMatrix[row], row);

        return svg.Append("\"/></svg>").ToString();
    }

    public void Dispose() => _code.Dispose();

    private static void AppendRow(StringBuilder path, BitArray modules, int row)
    {
        for (var start = 0; start < modules.Length; start++)
        {
            if (!modules[start])
                continue;

            var end = start;

            while (end < modules.Length && modules[end])
                end++;

            path.Append(CultureInfo.InvariantCulture, $"M{start} {row}h{end - start}v1H{start}z");
            start = end;
        }
    }
}
