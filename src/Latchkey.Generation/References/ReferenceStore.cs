using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;
using Latchkey.Platform.Files;
using Latchkey.Platform.Outbound;

namespace Latchkey.Generation.References;

/// <summary>Takes in the pictures, clips and voices that come with an order, as data URLs or addresses, and looks at their bytes.</summary>
internal sealed class ReferenceStore(IFileStore files, SafeHttpClient http, MediaTools tools)
{
    public const string Prefix = "generation/references/";

    private const long MaxPixels = 100_000_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly SearchValues<byte> Comma = SearchValues.Create(","u8);

    public static string FolderOf(string jobId) => $"{Prefix}{jobId}/";

    /// <exception cref="ReferenceException">It cannot be used; the message is for the caller.</exception>
    public async Task<KeptReference> KeepAsync(string jobId, int number, ReferenceRequest asked, CancellationToken cancellation)
    {
        using var scratch = files.CreateScratch("generation");
        var path = scratch.File("reference");

        if (asked.Source.Span.StartsWith("data:"u8))
            await DecodeAsync(asked, path, cancellation);
        else
            await DownloadAsync(asked, path, cancellation);

        var format = await MediaFormat.OfFileAsync(path, cancellation);

        if (format is null || format.Class != WantedFor(asked.Role))
            throw new ReferenceException($"{asked.Field} is not a file of a kind that can be used here");

        var seconds = await CheckAsync(path, format, asked, cancellation);
        var bytes = new FileInfo(path).Length;
        var key = string.Create(CultureInfo.InvariantCulture, $"{FolderOf(jobId)}{number}.{format.Extension}");
        await files.ReplaceAsync(path, key, cancellation);

        return new KeptReference(new StoredReference(asked.Role, key, format.ContentType, bytes), seconds);
    }

    public static string ContentTypeOf(string fileKey) =>
        Path.GetExtension(fileKey) switch
        {
            ".png" => "image/png",
            ".jpg" => "image/jpeg",
            ".webp" => "image/webp",
            ".gif" => "image/gif",
            ".mp4" => "video/mp4",
            ".mov" => "video/quicktime",
            ".webm" => "video/webm",
            ".m4a" => "audio/mp4",
            ".mp3" => "audio/mpeg",
            ".wav" => "audio/wav",
            _ => "application/octet-stream",
        };

    public Task DeleteAsync(string jobId, CancellationToken cancellation) => files.DeleteTreeAsync(FolderOf(jobId), cancellation);

    private async Task<double?> CheckAsync(string path, MediaFormat format, ReferenceRequest asked, CancellationToken cancellation)
    {
        if (format.Class == MediaClass.Picture)
        {
            var size = await PictureSize.OfFileAsync(path, cancellation);

            if (size is null)
                throw new ReferenceException($"{asked.Field} is a broken picture");

            return (long)size.Value.Width * size.Value.Height <= MaxPixels
                ? null
                : throw new ReferenceException($"{asked.Field} has too many pixels");
        }

        var probed = await tools.ProbeAsync(path, format.Demuxer!, cancellation);
        return probed?.Seconds ?? throw new ReferenceException($"{asked.Field} is a broken file");
    }

    private async Task DownloadAsync(ReferenceRequest asked, string path, CancellationToken cancellation)
    {
        try
        {
            await using var file = File.Create(path);
            var request = new OutboundRequest(Encoding.UTF8.GetString(asked.Source.Span)) { MaxBytes = asked.MaxBytes, Timeout = Longest };
            await http.DownloadAsync(request, file, cancellation);
        }
        catch (OutboundException failure)
        {
            throw new ReferenceException(
                failure.Reason == OutboundReasons.TooLarge ? TooLarge(asked) : $"{asked.Field} could not be fetched ({failure.Reason})",
                failure
            );
        }
    }

    /// <summary>A data URL, decoded as it stands in the body: it may be tens of megabytes, and is copied nowhere.</summary>
    private static async Task DecodeAsync(ReferenceRequest asked, string path, CancellationToken cancellation)
    {
        var comma = asked.Source.Span.IndexOfAny(Comma);

        if (comma < 0 || !asked.Source.Span[..comma].EndsWith(";base64"u8))
            throw new ReferenceException($"{asked.Field} is not a base64 data URL");

        if ((asked.Source.Length - comma) / 4L * 3 > asked.MaxBytes)
            throw new ReferenceException(TooLarge(asked));

        const int chunk = 64 * 1024;
        var buffer = new byte[chunk];
        await using var file = File.Create(path);

        for (var rest = asked.Source[(comma + 1)..]; rest.Length > 0; )
        {
            var isLast = rest.Length <= chunk;
            var status = Base64.DecodeFromUtf8(isLast ? rest.Span : rest.Span[..chunk], buffer, out var consumed, out var written, isLast);

            if (status is OperationStatus.InvalidData || consumed == 0)
                throw new ReferenceException($"{asked.Field} is not valid base64");

            await file.WriteAsync(buffer.AsMemory(0, written), cancellation);
            rest = rest[consumed..];
        }
    }

    private static string TooLarge(ReferenceRequest asked) =>
        string.Create(CultureInfo.InvariantCulture, $"{asked.Field} is too large: at most {asked.MaxBytes >> 20} MB");

    private static MediaClass WantedFor(string role) =>
        role switch
        {
            OrderFields.Video => MediaClass.Clip,
            OrderFields.Voice => MediaClass.Sound,
            _ => MediaClass.Picture,
        };
}

/// <summary>A reference as it came.</summary>
/// <param name="Field">Its name in the body, for the caller.</param>
/// <param name="Source">A data URL or an address, in UTF-8.</param>
internal sealed record ReferenceRequest(string Role, string Field, ReadOnlyMemory<byte> Source, long MaxBytes);

/// <param name="Seconds">Of clips and voices.</param>
internal sealed record KeptReference(StoredReference Reference, double? Seconds);

/// <summary>A reference cannot be used.</summary>
public sealed class ReferenceException(string message, Exception? cause = null) : Exception(message, cause);
