using System.Formats.Tar;
using System.IO.Compression;
using System.Reflection;
using System.Text.Json;
using Latchkey.Platform.Data;
using Microsoft.Data.Sqlite;

namespace Latchkey.Platform.Backups;

/// <summary>
/// Puts a data folder into one archive, beside a server that may be running. The database comes first, as it was at one moment: files are
/// written before the rows that speak of them, and what is stored under a name does not change, so that files read later fit.
/// </summary>
public sealed class BackupWriter(DataFolder folder, Database database, TimeProvider time)
{
    /// <param name="target">The archive, which must not be there yet; only its owner may read it.</param>
    /// <param name="withMedia">Whether the stored files (videos and pictures) come along.</param>
    /// <param name="cancellation">Leaves nothing behind.</param>
    /// <returns>What the archive says of itself, and its size in bytes.</returns>
    /// <exception cref="BackupException">It cannot be made.</exception>
    public async Task<(BackupManifest Manifest, long Size)> WriteAsync(string target, bool withMedia, CancellationToken cancellation)
    {
        target = Path.GetFullPath(target);
        Refuse(target);

        var aside = $"{target}.{Guid.NewGuid():n}.partial";

        try
        {
            BackupContent.CreatePrivateFolder(aside);

            var snapshot = Path.Combine(aside, BackupContent.DatabaseName);
            var migrations = await SnapshotAsync(snapshot, cancellation);
            var files = BackupContent.Files(folder.Path, withMedia).ToList();
            var bytes = new FileInfo(snapshot).Length + files.Sum(file => LengthOf(folder.File(file)));
            RefuseWithoutRoom(aside, bytes);

            var manifest = new BackupManifest(
                BackupManifest.NewestFormat,
                ProgramVersion(),
                time.GetUtcNow(),
                withMedia,
                migrations,
                bytes
            );
            var archive = Path.Combine(aside, "archive");
            await WriteArchiveAsync(archive, manifest, snapshot, files, cancellation);
            File.Move(archive, target, overwrite: false);

            return (manifest, new FileInfo(target).Length);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new BackupException(
                $"The backup cannot be written to {target}: {failure.Message}",
                $"Не удаётся записать копию в {target}: {failure.Message}",
                failure
            );
        }
        finally
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
        }
    }

    private void Refuse(string target)
    {
        if (!File.Exists(database.Path))
            throw new BackupException(
                $"There is no Latchkey in {folder.Path} (LATCHKEY_DATA), so there is nothing to back up.",
                $"В {folder.Path} (LATCHKEY_DATA) нет Latchkey: копировать нечего."
            );

        if (Path.Exists(target))
            throw new BackupException(
                $"{target} is there already: name another file, or remove it first.",
                $"{target} уже существует: укажите другой файл или сначала удалите этот."
            );

        if (target.StartsWith(folder.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new BackupException(
                $"{target} lies in the data folder itself: name a file elsewhere, best on another disk.",
                $"{target} находится в самой папке данных: укажите файл в другом месте, лучше на другом диске."
            );

        if (!Directory.Exists(Path.GetDirectoryName(target)))
            throw new BackupException(
                $"There is no folder {Path.GetDirectoryName(target)}.",
                $"Папки {Path.GetDirectoryName(target)} нет."
            );
    }

    /// <summary>By SQLite's online backup: one consistent moment, the write-ahead log included, and writers go on.</summary>
    private async Task<IReadOnlyList<string>> SnapshotAsync(string path, CancellationToken cancellation)
    {
        await BackupContent.CreatePrivate(path).DisposeAsync();

        await using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        await copy.OpenAsync(cancellation);

        await using (var source = database.OpenConnection())
            await Task.Run(() => source.BackupDatabase(copy), cancellation);

        // Without the log beside it, it is one file again.
        await using var settle = copy.CreateCommand();
        settle.CommandText = "PRAGMA journal_mode=DELETE;";
        await settle.ExecuteNonQueryAsync(cancellation);

        return [.. (await AppliedMigrations.ReadAsync(copy, cancellation)).Select(migration => migration.ToString())];
    }

    private static void RefuseWithoutRoom(string place, long bytes)
    {
        // Videos are compressed already; what little gzip saves is no reason to begin.
        if (new DriveInfo(place).AvailableFreeSpace is var free && free < bytes)
            throw new BackupException(
                $"The backup needs up to {Megabytes(bytes)} MB, and the disk of {Path.GetDirectoryName(place)} has {Megabytes(free)} MB free.",
                $"Для копии нужно до {Megabytes(bytes)} МБ, а на диске {Path.GetDirectoryName(place)} свободно {Megabytes(free)} МБ."
            );
    }

    private async Task WriteArchiveAsync(
        string archive,
        BackupManifest manifest,
        string snapshot,
        List<string> files,
        CancellationToken cancellation
    )
    {
        await using var output = BackupContent.CreatePrivate(archive);

        await using (var zip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        await using (var tar = new TarWriter(zip, TarEntryFormat.Pax))
        {
            await WriteJsonAsync(tar, BackupManifest.EntryName, manifest, cancellation);

            using var digest = new BackupDigest();

            foreach (var (path, name) in files.Select(file => (folder.File(file), file)).Prepend((snapshot, BackupContent.DatabaseName)))
                await WriteFileAsync(tar, path, BackupContent.Root + name, digest, cancellation);

            await WriteJsonAsync(tar, BackupEnd.EntryName, digest.End(), cancellation);
        }

        output.Flush(flushToDisk: true);
    }

    private static async Task WriteFileAsync(TarWriter tar, string path, string name, BackupDigest digest, CancellationToken cancellation)
    {
        FileStream file;

        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 128 * 1024, useAsync: true);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // Deleted meanwhile, as its rows are.
            return;
        }

        await using (file)
        {
            var length = file.Length;
            var entry = new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                ModificationTime = new DateTimeOffset(File.GetLastWriteTimeUtc(path)),
                DataStream = new FixedLengthStream(file, length, digest),
            };
            digest.Begin(name, length);
            await tar.WriteEntryAsync(entry, cancellation);
        }
    }

    private async Task WriteJsonAsync<T>(TarWriter tar, string name, T content, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(content, BackupManifest.Json));
        var entry = new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = bytes, ModificationTime = time.GetUtcNow() };
        await tar.WriteEntryAsync(entry, cancellation);
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static string ProgramVersion() => Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "0";

    private static long Megabytes(long bytes) => bytes / 1_000_000;
}
