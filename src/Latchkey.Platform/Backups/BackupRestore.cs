using Latchkey.Platform.Data;
using Microsoft.Data.Sqlite;

namespace Latchkey.Platform.Backups;

/// <summary>
/// Makes a data folder of a backup: everything is unpacked and checked beside the folder, and then takes its place. Until then the data
/// that are there stay untouched.
/// </summary>
public sealed class BackupRestore
{
    private readonly DataFolder _folder;
    private readonly HashSet<string> _known;

    internal BackupRestore(DataFolder folder, DatabaseMigrations migrations)
    {
        _folder = folder;
        _known = migrations.Known().Select(migration => migration.ToString()).ToHashSet(StringComparer.Ordinal);
    }

    /// <param name="archive">What <see cref="BackupWriter"/> made.</param>
    /// <param name="replaces">Whether data that are there may be replaced.</param>
    /// <param name="cancellation">Leaves everything as it was.</param>
    /// <returns>The backup, and where the former data are now, if there were any.</returns>
    /// <exception cref="BackupException">It cannot be restored.</exception>
    public async Task<(BackupManifest Manifest, string? Former)> RestoreAsync(string archive, bool replaces, CancellationToken cancellation)
    {
        archive = Path.GetFullPath(archive);

        if (!File.Exists(archive))
            throw new BackupException($"There is no file {archive}.", $"Файла {archive} нет.");

        using var ownership =
            _folder.TryLock()
            ?? throw new BackupException(
                $"A server is running on the data folder {_folder.Path} (LATCHKEY_DATA): stop it first.",
                $"На папке данных {_folder.Path} (LATCHKEY_DATA) работает сервер: сначала остановите его."
            );

        var isEmpty = BackupContent.IsEmpty(_folder.Path);

        if (!isEmpty && !replaces)
            throw new BackupException(
                $"The data folder {_folder.Path} (LATCHKEY_DATA) is not empty: set LATCHKEY_DATA to another folder, or say --force.",
                $"Папка данных {_folder.Path} (LATCHKEY_DATA) не пуста: укажите в LATCHKEY_DATA другую папку или добавьте --force."
            );

        var aside = $"{_folder.Path}.{Guid.NewGuid():n}.partial";

        try
        {
            BackupContent.CreatePrivateFolder(aside);
            var manifest = await new BackupReader(archive).UnpackAsync(aside, about => Accept(about, aside), cancellation);
            await CheckDatabaseAsync(Path.Combine(aside, BackupContent.DatabaseName), cancellation);

            return (manifest, Swap(aside, manifest, keepsFormer: !isEmpty));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BackupException(
                $"The backup cannot be restored to {_folder.Path}: {failure.Message}",
                $"Не удаётся восстановить копию в {_folder.Path}: {failure.Message}",
                failure
            );
        }
        finally
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
        }
    }

    private void Accept(BackupManifest manifest, string place)
    {
        if (manifest.Format > BackupManifest.NewestFormat)
            throw Newer(manifest.Version);

        RefuseNewer(manifest.Migrations, manifest.Version);

        if (new DriveInfo(place).AvailableFreeSpace is var free && free < manifest.Bytes)
            throw new BackupException(
                $"The backup needs {manifest.Bytes / 1_000_000} MB, and the disk of {_folder.Path} has {free / 1_000_000} MB free.",
                $"Для восстановления нужно {manifest.Bytes / 1_000_000} МБ, а на диске {_folder.Path} свободно {free / 1_000_000} МБ."
            );
    }

    private async Task CheckDatabaseAsync(string path, CancellationToken cancellation)
    {
        try
        {
            var source = new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = SqliteOpenMode.ReadWrite,
                Pooling = false,
            };
            await using var connection = new SqliteConnection(source.ToString());
            await connection.OpenAsync(cancellation);
            RefuseNewer((await AppliedMigrations.ReadAsync(connection, cancellation)).Select(migration => migration.ToString()), "?");

            await using var check = connection.CreateCommand();
            check.CommandText = "PRAGMA quick_check(1);";

            if (await check.ExecuteScalarAsync(cancellation) is "ok")
                return;
        }
        catch (SqliteException failure)
        {
            throw Unsound(failure);
        }

        throw Unsound();
    }

    private void RefuseNewer(IEnumerable<string> migrations, string version)
    {
        if (migrations.Any(migration => !_known.Contains(migration)))
            throw Newer(version);
    }

    /// <returns>Where the former data are.</returns>
    private string? Swap(string aside, BackupManifest manifest, bool keepsFormer)
    {
        var former = $"{_folder.Path}.before-{manifest.MadeAt.UtcDateTime:yyyyMMddHHmmss}-{Guid.NewGuid().ToString("n")[..8]}";
        Directory.Move(_folder.Path, former);

        try
        {
            Directory.Move(aside, _folder.Path);
        }
        catch
        {
            Directory.Move(former, _folder.Path);
            throw;
        }

        if (keepsFormer)
            return former;

        Directory.Delete(former, recursive: true);
        return null;
    }

    private static BackupException Newer(string version) =>
        new(
            $"The backup was made by a newer Latchkey ({version}): restore it with that version.",
            $"Копия сделана более новой версией Latchkey ({version}): восстановите её той же версией."
        );

    private static BackupException Unsound(Exception? inner = null) =>
        new(
            "The database in the backup is damaged, so nothing of it is restored.",
            "База данных в копии повреждена: ничего не восстановлено.",
            inner
        );
}
