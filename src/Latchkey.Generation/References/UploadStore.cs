using System.Globalization;
using System.Security.Cryptography;
using Latchkey.Generation.Outputs;
using Latchkey.Platform.Files;

namespace Latchkey.Generation.References;

/// <summary>Files that are uploaded ahead of the orders that name them by their address. After a week they go.</summary>
internal sealed class UploadStore(IFileStore files, TimeProvider time)
{
    /// <summary>As much as the most generous model takes.</summary>
    public const long MaxBytes = 200L * 1024 * 1024;

    /// <summary>Of every part but the last, as fal.ai's client cuts them.</summary>
    public const int PartBytes = 10 * 1024 * 1024;

    public const int MostParts = (int)(MaxBytes / PartBytes);

    /// <summary>Below it lie the addresses: whoever knows one may read the file, as at a CDN.</summary>
    public const string AddressPath = "/fal/files/";

    private const string Prefix = "generation/uploads/";
    private const string DayFormat = "yyyyMMdd";
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int RandomDigits = 32;
    private const string PartsEnding = ".parts";
    private const int LongestName = 100;
    private const int Chunk = 64 * 1024;

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);

    /// <summary>A new, unguessable name; it begins with the day, after which the file is thrown away.</summary>
    public string NewId() =>
        time.GetUtcNow().ToString(DayFormat, CultureInfo.InvariantCulture) + "-" + RandomNumberGenerator.GetString(Digits, RandomDigits);

    /// <summary>Where the file is found, without the base; it ends in the sender's name for it, as far as that can stand in an address.</summary>
    public static string PathOf(string id, string? fileName)
    {
        var name = string.Concat((fileName ?? "").Where(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')).TrimStart('.');
        return AddressPath + id + "/" + (name.Length == 0 ? "file" : name[^Math.Min(name.Length, LongestName)..]);
    }

    /// <returns>Whether it is a picture, a clip or a sound, and kept now; who comes second with the same id changes nothing.</returns>
    public async Task<bool> KeepAsync(string id, Stream content, CancellationToken cancellation)
    {
        using var scratch = files.CreateScratch("generation");
        var path = scratch.File("upload");

        await using (var file = File.Create(path))
            await content.CopyToAsync(file, Chunk, cancellation);

        if (KeyOf(id) is not { } key || await MediaFormat.OfFileAsync(path, cancellation) is null)
            return false;

        await files.PublishAsync(path, key, cancellation);
        return true;
    }

    /// <returns>Its size; <c>null</c> when there is no such place.</returns>
    public async Task<int?> KeepPartAsync(string id, int number, Stream content, CancellationToken cancellation)
    {
        if (KeyOf(id) is not { } key)
            return null;

        await using var parts = await files.OpenGrowingAsync(key + PartsEnding, cancellation);
        var buffer = new byte[Chunk];
        var size = 0;

        while (await content.ReadAsync(buffer, cancellation) is var read and > 0)
        {
            await parts.WriteAsync((long)(number - 1) * PartBytes + size, buffer.AsMemory(0, read), cancellation);
            size += read;
        }

        return size;
    }

    /// <summary>Makes a file of its parts.</summary>
    /// <returns>Whether it is a picture, a clip or a sound, and kept now.</returns>
    public async Task<bool> JoinAsync(string id, long length, CancellationToken cancellation)
    {
        if (KeyOf(id) is not { } key || await files.FindAsync(key + PartsEnding, cancellation) is null)
            return false;

        await using (var parts = await files.OpenGrowingAsync(key + PartsEnding, cancellation))
            await parts.CompleteAsync(length, cancellation);

        await using (var reader = await files.OpenAsync(key + PartsEnding, cancellation))
        {
            var head = new byte[MediaFormat.HeadLength];

            if (reader is null || MediaFormat.Of(head.AsSpan(0, await reader.ReadAsync(0, head, cancellation))) is null)
                return false;
        }

        await files.MoveAsync(key + PartsEnding, key, cancellation);
        return true;
    }

    public ValueTask<IStoredFileReader?> OpenAsync(string id, CancellationToken cancellation) =>
        KeyOf(id) is { } key ? files.OpenAsync(key, cancellation) : ValueTask.FromResult<IStoredFileReader?>(null);

    /// <summary>The upload at an address of ours, whichever name this server has there: the id is not to be guessed.</summary>
    public ValueTask<IStoredFileReader?> OpenAddressAsync(Uri address, CancellationToken cancellation)
    {
        var parts = address.AbsolutePath.Split('/');

        return address.AbsolutePath.StartsWith(AddressPath, StringComparison.Ordinal) && parts.Length > 3
            ? OpenAsync(parts[3], cancellation)
            : ValueTask.FromResult<IStoredFileReader?>(null);
    }

    public async Task DeleteOldAsync(CancellationToken cancellation)
    {
        var oldest = (time.GetUtcNow() - KeptFor).ToString(DayFormat, CultureInfo.InvariantCulture);
        var old = new HashSet<string>(StringComparer.Ordinal);

        await foreach (var key in files.ListAsync(Prefix, cancellation))
        {
            if (key[Prefix.Length..].Split('/')[0] is var day && string.CompareOrdinal(day, oldest) < 0)
                old.Add(day);
        }

        foreach (var day in old)
            await files.DeleteTreeAsync($"{Prefix}{day}/", cancellation);
    }

    private static string? KeyOf(string id) =>
        id.Split('-') is [{ Length: 8 } day, { Length: RandomDigits } random]
        && day.All(char.IsAsciiDigit)
        && random.All(char.IsAsciiLetterOrDigit)
            ? $"{Prefix}{day}/{random}"
            : null;
}
