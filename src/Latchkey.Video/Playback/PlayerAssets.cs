using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;

namespace Latchkey.Video.Playback;

/// <summary>The player's built files, which are embedded in this assembly, each compressed once.</summary>
internal sealed class PlayerAssets
{
    private const string ResourcePrefix = "player/";
    private const string PageName = "index.html";

    private readonly FrozenDictionary<string, PlayerAsset> _assets = ReadAll().ToFrozenDictionary(asset => asset.Name);

    /// <summary>The page with its placeholders; <c>null</c> in a build without the player.</summary>
    public string? Page => Find(PageName) is { } page ? System.Text.Encoding.UTF8.GetString(page.Plain) : null;

    /// <summary>The names of scripts and styles hold a hash of their content, so that they can be kept for ever.</summary>
    public PlayerAsset? Find(string name) => _assets.GetValueOrDefault(name);

    private static IEnumerable<PlayerAsset> ReadAll()
    {
        var assembly = Assembly.GetExecutingAssembly();

        foreach (
            var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
        )
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            using var buffer = new MemoryStream();
            stream.CopyTo(buffer);
            yield return new PlayerAsset(resource[ResourcePrefix.Length..], buffer.ToArray());
        }
    }
}

internal sealed class PlayerAsset(string name, byte[] plain)
{
    private readonly Lazy<byte[]> _gzip = new(() => Compress(plain, output => new GZipStream(output, CompressionLevel.SmallestSize)));
    private readonly Lazy<byte[]> _brotli = new(() => Compress(plain, output => new BrotliStream(output, CompressionLevel.SmallestSize)));

    public string Name { get; } = name;

    public byte[] Plain { get; } = plain;

    public byte[] Gzip => _gzip.Value;

    public byte[] Brotli => _brotli.Value;

    public string ContentType =>
        Path.GetExtension(Name) switch
        {
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".html" => "text/html; charset=utf-8",
            _ => "application/octet-stream",
        };

    private static byte[] Compress(byte[] plain, Func<Stream, Stream> open)
    {
        using var output = new MemoryStream();

        using (var compressor = open(output))
        {
            compressor.Write(plain);
        }

        return output.ToArray();
    }
}
