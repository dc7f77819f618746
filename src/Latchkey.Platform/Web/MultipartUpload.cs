using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Latchkey.Platform.Web;

/// <param name="MaxFileBytes">Larger files are refused while they arrive.</param>
public sealed record MultipartLimits(long MaxFileBytes)
{
    /// <summary>Of everything together; without it, files and fields are bounded each for itself.</summary>
    public long? MaxBodyBytes { get; init; }

    /// <summary>Where a form may bring several.</summary>
    public int MaxFiles { get; init; } = 1;

    public int MaxFields { get; init; } = 100;

    /// <summary>Of one field's value.</summary>
    public int MaxFieldBytes { get; init; } = 64 * 1024;
}

/// <summary>The file of a multipart upload while its bytes arrive.</summary>
/// <param name="FieldName">The name of the part.</param>
/// <param name="FileName">Its last path part only, without control characters, at most 255 characters.</param>
/// <param name="ContentType">As the sender says; not to be trusted.</param>
/// <param name="Content">The bytes, straight from the connection; it has at least one, and can be read once.</param>
/// <param name="FieldsBefore">The fields that came before the file; others may follow it.</param>
public sealed record MultipartFile(
    string FieldName,
    string FileName,
    string? ContentType,
    Stream Content,
    IReadOnlyDictionary<string, string> FieldsBefore
);

/// <summary>A whole multipart upload, its file handed on.</summary>
/// <param name="Fields">All fields, from before and after the file; of a repeated one the last.</param>
public sealed record MultipartForm(IReadOnlyDictionary<string, string> Fields, string FileName, long FileLength);

/// <summary>
/// Reads multipart/form-data with files of any size, without keeping them: files are the parts with a file name, and fields may stand on
/// both sides of them.
/// </summary>
public static class MultipartUpload
{
    // A quarter of the throughput is lost with the framework's 4 KiB.
    private const int BufferSize = 128 * 1024;
    private const int LongestFileName = 255;
    private const int LongestBoundary = 200;

    /// <summary>Reads a form with exactly one file, whatever its field is called.</summary>
    /// <param name="onFile">Gets the file as soon as its first bytes are there, and must read it to its end.</param>
    /// <exception cref="MultipartException">What <paramref name="onFile"/> stored by then is the caller's to remove.</exception>
    public static async Task<MultipartForm> ReadAsync(
        HttpRequest request,
        MultipartLimits limits,
        Func<MultipartFile, CancellationToken, Task> onFile,
        CancellationToken cancellation
    )
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var (fileName, fileLength) = ((string?)null, 0L);

        await ReadAsync(
            request,
            limits with
            {
                MaxFiles = 1,
            },
            fields,
            (name, value) => fields[name] = value,
            async (file, token) =>
            {
                fileName = file.FileName;
                await onFile(file, token);
                fileLength = file.Content.Position;
            },
            cancellation
        );

        return fileName is null
            ? throw new MultipartException(MultipartFailure.NoFile, "There is no file.")
            : new MultipartForm(fields, fileName, fileLength);
    }

    /// <summary>Reads a form with any number of files, and none, up to what the limits allow.</summary>
    /// <param name="onFile">Gets each file as soon as its first bytes are there, and must read it to its end.</param>
    /// <returns>The fields in the order in which they came; a name may come several times.</returns>
    /// <exception cref="MultipartException">What <paramref name="onFile"/> stored by then is the caller's to remove.</exception>
    public static async Task<IReadOnlyList<KeyValuePair<string, string>>> ReadFilesAsync(
        HttpRequest request,
        MultipartLimits limits,
        Func<MultipartFile, CancellationToken, Task> onFile,
        CancellationToken cancellation
    )
    {
        var fields = new List<KeyValuePair<string, string>>();
        await ReadAsync(
            request,
            limits,
            new Dictionary<string, string>(StringComparer.Ordinal),
            (name, value) => fields.Add(new(name, value)),
            onFile,
            cancellation
        );

        return fields;
    }

    private static async Task ReadAsync(
        HttpRequest request,
        MultipartLimits limits,
        Dictionary<string, string> fieldsBefore,
        Action<string, string> onField,
        Func<MultipartFile, CancellationToken, Task> onFile,
        CancellationToken cancellation
    )
    {
        // Kestrel would stop at 30 MB; the limits here take its place.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limits.MaxBodyBytes;

        try
        {
            await ReadPartsAsync(request, limits, fieldsBefore, onField, onFile, cancellation);
        }
        catch (OperationCanceledException exception) when (request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            throw new MultipartException(MultipartFailure.SenderWentAway, "The sender went away.", exception);
        }
    }

    private static async Task ReadPartsAsync(
        HttpRequest request,
        MultipartLimits limits,
        Dictionary<string, string> fieldsBefore,
        Action<string, string> onField,
        Func<MultipartFile, CancellationToken, Task> onFile,
        CancellationToken cancellation
    )
    {
        var reader = new MultipartReader(Boundary(request), request.Body, BufferSize);
        var (fileCount, fieldCount) = (0, 0);

        while (await Next(reader, cancellation) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                throw new MultipartException(MultipartFailure.Malformed, "A part has no valid Content-Disposition header.");

            var name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();

            if (!disposition.FileName.HasValue && !disposition.FileNameStar.HasValue)
            {
                if (++fieldCount > limits.MaxFields)
                    throw new MultipartException(MultipartFailure.FieldsTooLarge, "There are too many fields.");

                onField(name, await ReadField(section.Body, limits, cancellation));
                continue;
            }

            if (++fileCount > limits.MaxFiles)
                throw new MultipartException(
                    MultipartFailure.ManyFiles,
                    limits.MaxFiles == 1 ? "There is more than one file." : $"There are more than {limits.MaxFiles} files."
                );

            await HandOn(section, name, CleanFileName(disposition), limits, fieldsBefore, onFile, cancellation);
        }
    }

    private static string Boundary(HttpRequest request)
    {
        if (
            !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        )
            throw new MultipartException(MultipartFailure.NotMultipart, "The body is not multipart/form-data.");

        return HeaderUtilities.RemoveQuotes(type.Boundary).ToString() is { Length: > 0 and <= LongestBoundary } boundary
            ? boundary
            : throw new MultipartException(MultipartFailure.NotMultipart, "The multipart content type names no usable boundary.");
    }

    private static async Task<MultipartSection?> Next(MultipartReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancellation);
        }
        catch (Exception exception) when (exception is not MultipartException)
        {
            throw MultipartContent.Explain(exception);
        }
    }

    private static async Task<string> ReadField(Stream body, MultipartLimits limits, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(limits.MaxFieldBytes + 1);

        try
        {
            var length = await body.ReadAtLeastAsync(buffer, limits.MaxFieldBytes + 1, throwOnEndOfStream: false, cancellation);

            return length <= limits.MaxFieldBytes
                ? Encoding.UTF8.GetString(buffer, 0, length)
                : throw new MultipartException(MultipartFailure.FieldsTooLarge, "A field is too long.");
        }
        catch (Exception exception) when (exception is not MultipartException)
        {
            throw MultipartContent.Explain(exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static async Task HandOn(
        MultipartSection section,
        string fieldName,
        string fileName,
        MultipartLimits limits,
        Dictionary<string, string> fieldsBefore,
        Func<MultipartFile, CancellationToken, Task> onFile,
        CancellationToken cancellation
    )
    {
        await using var content = new MultipartContent(section.Body, limits.MaxFileBytes, BufferSize);

        if (!await content.HasBytesAsync(cancellation))
            throw new MultipartException(MultipartFailure.EmptyFile, "The file is empty.");

        await onFile(new MultipartFile(fieldName, fileName, section.ContentType, content, fieldsBefore), cancellation);
    }

    /// <summary>Clients send full paths of either kind, control characters, and nothing at all.</summary>
    private static string CleanFileName(ContentDispositionHeaderValue disposition)
    {
        var sent = HeaderUtilities
            .RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName)
            .ToString();
        var name = string.Concat(sent[(sent.AsSpan().LastIndexOfAny('/', '\\') + 1)..].Where(c => !char.IsControl(c))).Trim();

        if (name.Length > LongestFileName)
            name = name[..(char.IsHighSurrogate(name[LongestFileName - 1]) ? LongestFileName - 1 : LongestFileName)];

        return name is "" or "." or ".." ? "unnamed" : name;
    }
}
