using System.Buffers.Binary;
using Ascii = System.Text.Encoding;

namespace Latchkey.Video.Tests.Encoding;

/// <summary>Changes boxes of an MP4 whose index is its last box, so that no offset into its data moves.</summary>
internal static class Mp4Boxes
{
    /// <param name="path">Such as <c>moov/trak/mdia</c>; the first of each name.</param>
    /// <param name="change">From a whole box, its header included, to what takes its place.</param>
    public static byte[] Change(ReadOnlySpan<byte> file, string path, Func<byte[], byte[]> change)
    {
        var (name, rest) = path.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash
            ? (path[..slash], path[(slash + 1)..])
            : (path, "");

        for (var at = 0; at < file.Length; )
        {
            var size = (int)BinaryPrimitives.ReadUInt32BigEndian(file[at..]);

            if (Ascii.ASCII.GetString(file.Slice(at + 4, 4)) != name)
            {
                at += size;
                continue;
            }

            var box = file.Slice(at, size).ToArray();
            var changed = rest.Length == 0 ? change(box) : Box(name, Change(box.AsSpan(8), rest, change));
            return [.. file[..at], .. changed, .. file[(at + size)..]];
        }

        throw new ArgumentException($"There is no box {name}.", nameof(path));
    }

    public static byte[] Box(string name, params byte[] content)
    {
        var box = new byte[8 + content.Length];
        BinaryPrimitives.WriteUInt32BigEndian(box, (uint)box.Length);
        Ascii.ASCII.GetBytes(name, box.AsSpan(4));
        content.CopyTo(box, 8);
        return box;
    }
}
