using System.Runtime.InteropServices;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Latchkey.Platform.Web;

/// <param name="Count">0 when the range lies outside of the file.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ByteRange(long First, long Count)
{
    /// <returns><c>null</c> when there is no range that can be answered, and the whole file should be: none, several, or a malformed one.</returns>
    public static ByteRange? Parse(StringValues header, long length)
    {
        if (
            header.Count != 1
            || !RangeHeaderValue.TryParse(header[0], out var parsed)
            || parsed.Ranges.Count != 1
            || parsed.Unit != "bytes"
        )
            return null;

        var range = parsed.Ranges.Single();

        if (range.From is not { } from)
        {
            var suffix = Math.Min(range.To!.Value, length);
            return new ByteRange(length - suffix, suffix);
        }

        return from >= length ? new ByteRange(0, 0) : new ByteRange(from, Math.Min(range.To ?? length - 1, length - 1) - from + 1);
    }
}
