using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Latchkey.Generation.Bodies;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;
using Latchkey.Platform.Files;
using Latchkey.Platform.Outbound;

namespace Latchkey.Generation.References;

/// <summary>Takes in the pictures, clips and voices that come with an order, as data URLs or addresses, and looks at their bytes.</summary>
internal sealed class ReferenceStore(IFileStore files, UploadStore uploads, SafeHttpClient http, MediaTools tools)
{
    public const string Prefix = "generation/references/";

    private const long MaxPixels = 100_000_000;
    private const int Chunk = 64 * 1024;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public static string FolderOf(string jobId) => $"{Prefix}{jobId}/";

    /// <exception cref="ReferenceException">It cannot be used; the message is for the caller.</exception>
    public async Task<KeptReference> KeepAsync(string jobId, int number, ReferenceRequest asked, CancellationToken cancellation)
    {
        using var scratch = files.CreateScratch("generation");
        var path = await FetchAsync(asked, scratch.File("reference"), cancellation);
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

    /// <returns>Where it is now.</returns>
    private async Task<string> FetchAsync(ReferenceRequest asked, string path, CancellationToken cancellation)
    {
        switch (asked.Source.File)
        {
            case { IsDataUrl: false } whole:
                return new FileInfo(whole.Path).Length <= asked.MaxBytes ? whole.Path : throw new ReferenceException(TooLarge(asked));

            case { } dataUrl:
                await using (var text = File.OpenRead(dataUrl.Path))
                    await DecodeAsync(asked, text, path, cancellation);

                return path;

            default:
                if (asked.Source.Text.Span.StartsWith("data:"u8))
                    await DecodeAsync(asked, new MemoryStream(asked.Source.Text.ToArray(), writable: false), path, cancellation);
                else
                    await DownloadAsync(asked, path, cancellation);

                return path;
        }
    }

    private async Task<double?> CheckAsync(string path, MediaFormat format, ReferenceRequest asked, CancellationToken cancellation)
    {
        if (format.Class == MediaClass.Picture)
        {
            var size = PictureSize.OfFile(path);

            if (size is null)
                throw new ReferenceException($"{asked.Field} is a broken picture");

            return (long)size.Value.Width * size.Value.Height <= MaxPixels
                ? null
                : throw new ReferenceException($"{asked.Field} has too many pixels");
        }

        var probed = await tools.ProbeAsync(path, format.Demuxer, cancellation);
        return probed?.Seconds ?? throw new ReferenceException($"{asked.Field} is a broken file");
    }

    private async Task DownloadAsync(ReferenceRequest asked, string path, CancellationToken cancellation)
    {
        try
        {
            if (await uploads.OpenAddressAsync(OutboundUrl.Parse(Encoding.UTF8.GetString(asked.Source.Text.Span)), cancellation) is { } own)
            {
                await using (own)
                    await CopyAsync(asked, own, path, cancellation);

                return;
            }

            await using var file = File.Create(path);
            var request = new OutboundRequest(Encoding.UTF8.GetString(asked.Source.Text.Span))
            {
                MaxBytes = asked.MaxBytes,
                Timeout = Longest,
            };
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

    private static Task CopyAsync(ReferenceRequest asked, IStoredFileReader upload, string path, CancellationToken cancellation) =>
        upload.File.Length <= asked.MaxBytes ? upload.CopyToAsync(path, cancellation) : throw new ReferenceException(TooLarge(asked));

    /// <summary>Piece by piece: it may be tens of megabytes.</summary>
    private static async Task DecodeAsync(ReferenceRequest asked, Stream dataUrl, string path, CancellationToken cancellation)
    {
        var (text, bytes) = (new byte[Chunk], new byte[Chunk]);
        var length = await dataUrl.ReadAtLeastAsync(text, Chunk, throwOnEndOfStream: false, cancellation);
        var at = text.AsSpan(0, length).IndexOf((byte)',') + 1;

        if (at == 0 || !text.AsSpan(0, at - 1).EndsWith(";base64"u8))
            throw new ReferenceException($"{asked.Field} is not a base64 data URL");

        if ((dataUrl.Length - at) / 4 * 3 > asked.MaxBytes)
            throw new ReferenceException(TooLarge(asked));

        await using var file = File.Create(path);

        for (var isLast = false; !isLast; at = 0)
        {
            isLast = dataUrl.Position == dataUrl.Length;
            var status = Base64.DecodeFromUtf8(text.AsSpan(at, length - at), bytes, out var consumed, out var written, isLast);

            if (status == OperationStatus.InvalidData || (isLast ? status != OperationStatus.Done : consumed == 0))
                throw new ReferenceException($"{asked.Field} is not valid base64");

            await file.WriteAsync(bytes.AsMemory(0, written), cancellation);
            var rest = text.AsSpan(at + consumed, length - at - consumed);
            rest.CopyTo(text);
            length = rest.Length;
            length += await dataUrl.ReadAtLeastAsync(text.AsMemory(length), Chunk - length, throwOnEndOfStream: false, cancellation);
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
internal sealed record ReferenceRequest(string Role, BodySource Source, long MaxBytes)
{
    public string Field => Source.Field;
}

/// <param name="Seconds">Of clips and voices.</param>
internal sealed record KeptReference(StoredReference Reference, double? Seconds);

/// <summary>A reference cannot be used.</summary>
public sealed class ReferenceException(string message, Exception? cause = null) : Exception(message, cause);
