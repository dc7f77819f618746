using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace Latchkey.Platform.Backups;

/// <summary>Unpacks an archive into an empty folder, and believes nothing of it.</summary>
internal sealed class BackupReader(string archive)
{
    private const int LongestJson = 1024 * 1024;
    private const int PieceBytes = 128 * 1024;

    /// <param name="folder">Empty.</param>
    /// <param name="accept">Throws when the backup cannot be used here; called before anything is unpacked.</param>
    /// <param name="cancellation">Leaves the folder as it is by then.</param>
    /// <exception cref="BackupException">It is no backup, or not a whole one.</exception>
    public async Task<BackupManifest> UnpackAsync(string folder, Action<BackupManifest> accept, CancellationToken cancellation)
    {
        await using var input = new FileStream(archive, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024, useAsync: true);

        try
        {
            await using var unzip = new GZipStream(input, CompressionMode.Decompress);
            await using var tar = new TarReader(unzip);

            var manifest = await ReadManifestAsync(tar, cancellation);
            accept(manifest);

            using var digest = new BackupDigest();

            while (await tar.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
            {
                if (entry.Name == BackupEnd.EntryName)
                {
                    var end = await ReadJsonAsync<BackupEnd>(entry, cancellation);

                    return end == digest.End() ? manifest : throw NotWhole();
                }

                await UnpackAsync(entry, folder, digest, cancellation);
            }

            throw NotWhole();
        }
        catch (Exception failure) when (failure is InvalidDataException or EndOfStreamException or FormatException or JsonException)
        {
            throw NotWhole(failure);
        }
    }

    private async Task<BackupManifest> ReadManifestAsync(TarReader tar, CancellationToken cancellation)
    {
        TarEntry? first;

        try
        {
            first = await tar.GetNextEntryAsync(copyData: false, cancellation);
        }
        catch (Exception failure) when (failure is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw NotOurs(failure);
        }

        return first?.Name == BackupManifest.EntryName ? await ReadJsonAsync<BackupManifest>(first, cancellation) : throw NotOurs();
    }

    private static async Task UnpackAsync(TarEntry entry, string folder, BackupDigest digest, CancellationToken cancellation)
    {
        if (
            entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)
            || BackupContent.PathOf(entry.Name) is not { } name
        )
            throw new BackupException(
                "The file has an entry that no backup of Latchkey has, so nothing of it is restored.",
                "В файле есть запись, которой в копии Latchkey не бывает: ничего не восстановлено."
            );

        digest.Begin(entry.Name, entry.Length);
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);

        await using (var file = BackupContent.CreatePrivate(path))
        {
            if (entry.DataStream is { } content)
                await CopyAsync(content, file, digest, cancellation);

            if (file.Length != entry.Length)
                throw new EndOfStreamException();
        }

        File.SetLastWriteTimeUtc(path, entry.ModificationTime.UtcDateTime);
    }

    private static async Task CopyAsync(Stream content, FileStream file, BackupDigest digest, CancellationToken cancellation)
    {
        var buffer = new byte[PieceBytes];

        while (await content.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            digest.Add(buffer.AsSpan(0, read));
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
    }

    private static async Task<T> ReadJsonAsync<T>(TarEntry entry, CancellationToken cancellation) =>
        entry is { DataStream: { } content, Length: <= LongestJson }
            ? await JsonSerializer.DeserializeAsync<T>(content, BackupManifest.Json, cancellation) ?? throw new JsonException()
            : throw new JsonException();

    private BackupException NotOurs(Exception? inner = null) =>
        new($"{archive} is no backup of Latchkey.", $"{archive} не является копией Latchkey.", inner);

    private BackupException NotWhole(Exception? inner = null) =>
        new(
            $"{archive} is damaged or not whole, so nothing of it is restored.",
            $"{archive} повреждён или записан не до конца: ничего не восстановлено.",
            inner
        );
}
