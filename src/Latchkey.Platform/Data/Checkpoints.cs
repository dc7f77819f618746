using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Latchkey.Platform.Data;

/// <summary>
/// Moves what was committed from SQLite's write-ahead log into its file, beside the writers. Left to itself, SQLite has a writer do it after every
/// thousand pages, and all who wait at the gate wait for two syncs of the disk as well
/// (https://www.sqlite.org/wal.html#performance_considerations).
/// </summary>
internal sealed partial class Checkpoints(Database database, TimeProvider time, ILogger<Checkpoints> logger) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Between, time, stoppingToken);
                await Task.Run(Checkpoint, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; whoever closes the file last does the rest.
        }
    }

    private void Checkpoint()
    {
        try
        {
            using var connection = database.OpenConnection();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(PASSIVE);";
            command.ExecuteNonQuery();
        }
        catch (SqliteException failure)
        {
            Log.NotDone(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The database's log could not be moved into its file; it is tried again")]
        public static partial void NotDone(ILogger logger, Exception failure);
    }
}
