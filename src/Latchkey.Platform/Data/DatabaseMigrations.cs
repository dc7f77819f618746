using Latchkey.Platform.Backups;
using Latchkey.Platform.Settings;
using Microsoft.EntityFrameworkCore;

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

            await RefuseNewerSchemaAsync(db, cancellation);

            if ((await db.Database.GetPendingMigrationsAsync(cancellation)).Any())
            {
                await ClearLeftLockAsync(db, cancellation);
                await db.Database.MigrateAsync(cancellation);
            }
        }
    }

    /// <summary>
    /// Begins to build the models, which takes a core a good part of a start, on another one. It is no matter if that fails: who needs the model
    /// tries again, and tells.
    /// </summary>
    public void BuildModelsAhead() =>
        _ = Task.Run(() =>
        {
            foreach (var context in contexts)
            {
                using var db = context.Create(services);
                _ = db.Model;
            }
        });

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
}
