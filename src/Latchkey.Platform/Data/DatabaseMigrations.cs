using Latchkey.Platform.Backups;
using Latchkey.Platform.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Latchkey.Platform.Data;

/// <summary>A module's context as the migrations see it.</summary>
internal sealed record MigratedContext(string Prefix, Func<IServiceProvider, DbContext> Create);

/// <summary>Brings the database to the program's schema; runs while this process alone owns the data folder.</summary>
internal sealed class DatabaseMigrations(Database database, IEnumerable<MigratedContext> contexts, IServiceProvider services)
{
    public async Task ApplyAsync(CancellationToken cancellation)
    {
        database.CreateFile();

        foreach (var context in contexts)
        {
            await using var db = context.Create(services);

            CheckTableNames(db, context.Prefix);
            await RefuseNewerSchemaAsync(db, cancellation);

            if ((await db.Database.GetPendingMigrationsAsync(cancellation)).Any())
            {
                await ClearLeftLockAsync(db, cancellation);
                await db.Database.MigrateAsync(cancellation);
            }
        }
    }

    /// <summary>For the command line beside a running server, which has done the migrating.</summary>
    public async Task CheckAsync(CancellationToken cancellation)
    {
        foreach (var context in contexts)
        {
            await using var db = context.Create(services);
            await RefuseNewerSchemaAsync(db, cancellation);

            if ((await db.Database.GetPendingMigrationsAsync(cancellation)).Any())
                throw new LatchkeyStartException(
                    $"{database.Path} belongs to a running server of another version, or one that is just starting: try again in a moment."
                );
        }
    }

    /// <summary>Every step that this program can make.</summary>
    public IEnumerable<AppliedMigration> Known()
    {
        foreach (var context in contexts)
        {
            using var db = context.Create(services);

            foreach (var name in db.Database.GetMigrations())
                yield return new(context.Prefix, name);
        }
    }

    private async Task RefuseNewerSchemaAsync(DbContext db, CancellationToken cancellation)
    {
        var known = db.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
        var newer = (await db.Database.GetAppliedMigrationsAsync(cancellation)).FirstOrDefault(applied => !known.Contains(applied));

        if (newer is not null)
            throw new LatchkeyStartException(
                $"{database.Path} was written by a newer Latchkey (its schema has {newer}): start that version, or restore an older backup."
            );
    }

    // EF guards migrations by a row in this table and waits for ever for one that a killed start left; the folder's lock guards better.
    private static Task<int> ClearLeftLockAsync(DbContext db, CancellationToken cancellation) =>
        db.Database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock";""", cancellation);

    private static void CheckTableNames(DbContext db, string prefix)
    {
        var strange = db.GetService<IDesignTimeModel>()
            .Model.GetEntityTypes()
            .Where(entity => !entity.IsTableExcludedFromMigrations())
            .Select(entity => entity.GetTableName())
            .FirstOrDefault(table => table is not null && !table.StartsWith(prefix + "_", StringComparison.Ordinal));

        if (strange is not null)
            throw new InvalidOperationException($"The table {strange} of {db.GetType().Name} lacks the prefix {prefix}_.");
    }
}
