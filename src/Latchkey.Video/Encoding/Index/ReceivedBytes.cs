using System.Runtime.InteropServices;
using Latchkey.Platform.Files;

namespace Latchkey.Video.Encoding.Index;

/// <param name="From">First byte.</param>
/// <param name="To">The byte after the last one.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ByteRange(long From, long To);

/// <summary>Which bytes of an upload have arrived.</summary>
internal sealed class ReceivedBytes
{
    private readonly List<ByteRange> _ranges = [];

    /// <param name="ranges">In any order; they may touch and overlap.</param>
    public ReceivedBytes(IEnumerable<ByteRange> ranges)
    {
        foreach (var range in ranges.Where(range => range.From < range.To).OrderBy(range => range.From))
        {
            if (_ranges.Count > 0 && range.From <= _ranges[^1].To)
            {
                _ranges[^1] = _ranges[^1] with { To = Math.Max(_ranges[^1].To, range.To) };
            }
            else
            {
                _ranges.Add(range);
            }
        }
    }

    public bool Covers(ByteRange wanted) => wanted.To <= wanted.From || EndOf(wanted.From) >= wanted.To;

    /// <summary>Where the bytes end that follow each other from a position; the position itself when there are none.</summary>
    public long EndOf(long from)
    {
        foreach (var range in _ranges)
        {
            if (range.From <= from && from < range.To)
            {
                return range.To;
            }
        }

        return from;
    }
}

/// <summary>What is asked for has not arrived yet.</summary>
internal sealed class BytesMissingException(long at) : IOException($"Byte {at} has not arrived yet.");

/// <summary>A file that is still being uploaded: reading what is not there fails, and its length is that which it will have.</summary>
/// <param name="length">If it is known.</param>
internal sealed class ReceivedFile(IStoredFileReader file, ReceivedBytes received, long? length) : IStoredFileReader
{
    /// <summary>Stands for a length that is not known: so much that nothing claims to lie behind it.</summary>
    public const long UnknownLength = long.MaxValue / 8;

    public StoredFile File { get; } = file.File with { Length = length ?? UnknownLength };

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        if (offset >= File.Length || buffer.IsEmpty)
        {
            return 0;
        }

        var end = received.EndOf(offset);

        return
            end > offset
            && await file.ReadAsync(offset, buffer[..(int)Math.Min(buffer.Length, end - offset)], cancellation) is > 0 and var read
            ? read
            : throw new BytesMissingException(offset);
    }

    /// <summary>The file below is its owner's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
