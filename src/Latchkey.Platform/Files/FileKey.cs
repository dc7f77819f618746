using System.Text;

namespace Latchkey.Platform.Files;

/// <summary>Keys of the file store: parts with <c>/</c> between them, none of which could lead out of the store.</summary>
internal static class FileKey
{
    private const int LongestPart = 255; // bytes, on every common file system

    public static string Check(string key)
    {
        foreach (var part in key.Split('/'))
        {
            if (
                part is "" or "." or ".."
                || Encoding.UTF8.GetByteCount(part) > LongestPart
                || part.Any(c => c is '\\' or ':' || char.IsControl(c))
            )
                throw new ArgumentException($"'{key}' is no key of a stored file.", nameof(key));
        }

        return key;
    }
}
