using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;

namespace Latchkey.Platform.Data;

/// <summary>The one database of this Latchkey. The only place that knows which kind it is.</summary>
public sealed class Database
{
    private const string FileName = "latchkey.db";

    private readonly DataFolder _folder;
    private readonly IInterceptor[] _interceptors;

    public Database(DataFolder folder)
    {
        _folder = folder;
        _interceptors = [new GatedTransactions(Gate), new GatedCommands(Gate), new AlwaysInTransaction(), new SqlitePragmas()];
    }

    /// <summary>The gate of the SQLite file, for plain commands that write.</summary>
    public WriteGate Gate { get; } = new();

    internal string Path => _folder.File(FileName);

    /// <summary>An open plain connection, for the few paths where EF is too slow. Writes on it enter <see cref="Gate"/> first.</summary>
    public SqliteConnection OpenConnection()
    {
        var connection = new SqliteConnection(ConnectionString);

        try
        {
            connection.Open();
            SqlitePragmas.Apply(connection);

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal async Task PingAsync(CancellationToken cancellation)
    {
        await using var connection = OpenConnection();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1;";
        await command.ExecuteScalarAsync(cancellation);
    }

    internal void Configure(DbContextOptionsBuilder options, string prefix) =>
        options
            .UseSqlite(ConnectionString, sqlite => sqlite.MigrationsHistoryTable(HistoryTable(prefix)))
            .AddInterceptors(_interceptors)
            .ReplaceService<IRelationalTransactionFactory, GatedTransactionFactory>()
            // A test compares the models with their migrations: it takes a second look at all of a model, which a start has no time for.
            .ConfigureWarnings(events => events.Ignore(RelationalEventId.PendingModelChangesWarning))
            // Whoever catches the exception knows whether it was expected (a duplicate, a cancelled request), and logs it if not.
            .ConfigureWarnings(events =>
                events.Log(
                    (RelationalEventId.CommandError, LogLevel.Debug),
                    (RelationalEventId.TransactionError, LogLevel.Debug),
                    (CoreEventId.SaveChangesFailed, LogLevel.Debug),
                    (CoreEventId.QueryIterationFailed, LogLevel.Debug),
                    (CoreEventId.OptimisticConcurrencyException, LogLevel.Debug)
                )
            );

    internal static string HistoryTable(string prefix) => $"{prefix}_migrations";

    /// <summary>Makes the file, readable by its owner only: it holds the private keys that sign access tokens.</summary>
    internal void CreateFile()
    {
        _folder.PrivateFile(FileName);

        using var connection = OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL;";
        command.ExecuteNonQuery();
    }

    private string ConnectionString => new SqliteConnectionStringBuilder { DataSource = Path, DefaultTimeout = 30 }.ToString();
}
