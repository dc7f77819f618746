using Microsoft.Data.Sqlite;

namespace Latchkey.Platform.Backups;

/// <summary>One step of a database's schema.</summary>
/// <param name="Prefix">Of the module's tables.</param>
internal readonly record struct AppliedMigration(string Prefix, string Name)
{
    public override string ToString() => $"{Prefix}/{Name}";
}

/// <summary>Reads the steps of any database of ours, also of modules that this program lacks.</summary>
internal static class AppliedMigrations
{
    private static readonly string Suffix = Data.Database.HistoryTable("");

    public static async Task<List<AppliedMigration>> ReadAsync(SqliteConnection connection, CancellationToken cancellation)
    {
        var applied = new List<AppliedMigration>();

        foreach (var table in await TextsAsync(connection, "SELECT name FROM sqlite_master WHERE type = 'table';", cancellation))
        {
            if (!table.EndsWith(Suffix, StringComparison.Ordinal) || table.Contains('"', StringComparison.Ordinal))
                continue;

            foreach (var name in await TextsAsync(connection, $"""SELECT "MigrationId" FROM "{table}" ORDER BY 1;""", cancellation))
                applied.Add(new(table[..^Suffix.Length], name));
        }

        return applied;
    }

    private static async Task<List<string>> TextsAsync(SqliteConnection connection, string query, CancellationToken cancellation)
    {
        var texts = new List<string>();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names of tables cannot be parameters; these are our own.
        command.CommandText = query;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(cancellation);

        while (await reader.ReadAsync(cancellation))
            texts.Add(reader.GetString(0));

        return texts;
    }
}
