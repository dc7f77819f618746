using System.Runtime.InteropServices;
using Latchkey.Platform.Files;
using Latchkey.Video.Encoding;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Matroska;

/// <summary>An element of a file: where its content lies.</summary>
/// <param name="Size">Of its content; <see cref="UnknownSize"/> when it lasts until something else begins.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EbmlElement(uint Id, long Start, long Content, long Size)
{
    public const long UnknownSize = long.MaxValue;

    public bool HasSize => Size != UnknownSize;

    public long End => Content + Size;
}

/// <summary>Reads elements at any position of a file, through a window: neighbouring headers come with one read.</summary>
internal sealed class EbmlFile(IStoredFileReader file, int windowBytes = EbmlFile.UsualWindow)
{
    public const int UsualWindow = 16 << 10;
    private const int MostHeaderBytes = 12;

    private readonly byte[] _window = new byte[windowBytes];
    private long _windowAt;
    private int _windowLength;

    public long Length { get; } = file.File.Length;

    /// <param name="mayBeCut">Whether an element that the file ends within is no error: a recording that was broken off.</param>
    /// <returns><c>null</c> at the end of the file.</returns>
    public async ValueTask<EbmlElement?> ElementAsync(long at, CancellationToken cancellation, bool mayBeCut = false)
    {
        var bytes = await PeekAsync(at, MostHeaderBytes, cancellation);

        if (bytes.Length < 2)
        {
            return null;
        }

        if (mayBeCut && bytes.Length < MostHeaderBytes && !Holds(bytes.Span))
        {
            return null;
        }

        var reader = new EbmlSpan(bytes.Span);
        var id = (uint)reader.Variable(4, keepMarker: true);
        var size = reader.Variable(8, keepMarker: false);
        var content = at + bytes.Length - reader.Remaining;

        return size == EbmlElement.UnknownSize || size <= Length - content ? new EbmlElement(id, at, content, size)
            : mayBeCut ? null
            : throw new MediaException(MediaFailure.Truncated, "The file ends within an element.");
    }

    /// <summary>Whether an id and a size are there in full.</summary>
    private static bool Holds(ReadOnlySpan<byte> bytes)
    {
        var id = System.Numerics.BitOperations.LeadingZeroCount((uint)bytes[0]) - 23;
        return id < bytes.Length && id + System.Numerics.BitOperations.LeadingZeroCount((uint)bytes[id]) - 23 <= bytes.Length;
    }

    /// <summary>Up to so many bytes; fewer at the end of the file. Good until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(long at, int count, CancellationToken cancellation)
    {
        count = (int)Math.Clamp(Length - at, 0, count);

        if (at < _windowAt || at + count > _windowAt + _windowLength)
        {
            var wanted = (int)Math.Min(_window.Length, Length - at);
            (_windowAt, _windowLength) = (at, 0);

            // As much as comes at once, and at least what was asked for: of a file that still grows there may be no more yet.
            while (_windowLength < count)
            {
                var read = await file.ReadAsync(at + _windowLength, _window.AsMemory(_windowLength, wanted - _windowLength), cancellation);

                if (read == 0)
                {
                    break;
                }

                _windowLength += read;
            }
        }

        var from = (int)(at - _windowAt);
        return _window.AsMemory(from, Math.Max(0, Math.Min(count, _windowLength - from)));
    }

    public async ValueTask<byte[]> ContentAsync(EbmlElement element, int most, CancellationToken cancellation)
    {
        if (element.Size > most)
        {
            throw new MediaException(MediaFailure.Malformed, "An element of the index is too large.");
        }

        var bytes = new byte[element.Size];

        return await Mp4Reader.ReadFullyAsync(file, element.Content, bytes, cancellation) == bytes.Length
            ? bytes
            : throw new MediaException(MediaFailure.Truncated, "The file ends within its index.");
    }
}
