using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Latchkey.Platform.Data;

/// <summary>What SQLite keeps per connection, and not in the file.</summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    // With WAL, NORMAL loses nothing when the process dies; only a power cut may take the last moments, never the file's soundness
    // (https://www.sqlite.org/pragma.html#pragma_synchronous). The busy time-out is for the other process: the command line.
    // Checkpoints come from the service of that name; a writer makes one only when the log has grown to 64 MB all the same.
    private const string Statements =
        "PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=10000; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=16384;";

    public static void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Statements;
        command.ExecuteNonQuery();
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        Apply(connection);

        return Task.CompletedTask;
    }
}
