using System.Buffers.Binary;
using Latchkey.Platform.Files;

namespace Latchkey.Video.Mp4;

/// <summary>A coded picture as MP4 and Matroska keep it: NAL units, each behind its length (ISO/IEC 14496-15 §5.3).</summary>
internal static class AvcSample
{
    private const int UsualHeadBytes = 1024;
    private const int MostUnits = 64;

    /// <summary>Whether nothing before it is needed from here on: an IDR picture. A recovery point may lean on what stood before.</summary>
    /// <remarks>Nothing but the heads of its units is read: supplemental information and parameter sets may stand before the picture.</remarks>
    public static async ValueTask<bool> IsIdrAsync(
        IStoredFileReader file,
        long offset,
        long size,
        int lengthSize,
        CancellationToken cancellation
    )
    {
        var head = new byte[(int)Math.Min(size, UsualHeadBytes)];
        var headLength = await Mp4Reader.ReadFullyAsync(file, offset, head, cancellation);
        var unit = new byte[5];

        for (long at = 0, units = 0; at + lengthSize < size && units < MostUnits; units++)
        {
            var wanted = unit.AsMemory(0, lengthSize + 1);

            if (at + wanted.Length <= headLength)
            {
                head.AsSpan((int)at, wanted.Length).CopyTo(wanted.Span);
            }
            else if (await Mp4Reader.ReadFullyAsync(file, offset + at, wanted, cancellation) < wanted.Length)
            {
                return false;
            }

            switch (unit[lengthSize] & 0x1F)
            {
                case 5:
                    return true;
                case >= 1 and <= 4:
                    return false;
            }

            at += lengthSize + Length(unit.AsSpan(0, lengthSize));
        }

        return false;
    }

    private static long Length(ReadOnlySpan<byte> bytes) =>
        bytes.Length switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            _ => (bytes[0] << 16) | (bytes[1] << 8) | bytes[2],
        };
}
