using Latchkey.Platform.Data;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Metrics;
using Microsoft.Data.Sqlite;

namespace Latchkey.Vpn.Traffic;

/// <summary>What a key used since it was last looked at.</summary>
/// <param name="Seen">What the core's counters stand at now.</param>
/// <param name="Upload">What they grew by, in bytes.</param>
internal sealed record TrafficGrowth(long KeyId, UserCounters Seen, long Upload, long Download);

/// <summary>
/// Writes growth down: the counters as seen, and what follows from them, in one transaction, so that no byte is counted twice. Plain SQL over
/// a temporary table, since 100,000 keys may have grown at once.
/// </summary>
internal sealed class TrafficWriter(Database database, VpnMetrics metrics, TimeProvider time)
{
    private const string Prepare = """
        CREATE TEMP TABLE IF NOT EXISTS vpn_growth (
            KeyId INTEGER PRIMARY KEY, SeenUpload INTEGER NOT NULL, SeenDownload INTEGER NOT NULL, Upload INTEGER NOT NULL, Download INTEGER NOT NULL);
        DELETE FROM vpn_growth;
        """;

    private const string Insert = "INSERT INTO vpn_growth VALUES (@key, @seenUpload, @seenDownload, @upload, @download);";

    // A key that is being deleted may still be counted by the core.
    private const string Apply = """
        DELETE FROM vpn_growth WHERE NOT EXISTS (SELECT 1 FROM vpn_keys WHERE Id = vpn_growth.KeyId);

        INSERT INTO vpn_counters (Node, KeyId, Upload, Download)
            SELECT @node, KeyId, SeenUpload, SeenDownload FROM vpn_growth WHERE true
            ON CONFLICT (KeyId, Node) DO UPDATE SET Upload = excluded.Upload, Download = excluded.Download;

        UPDATE vpn_traffic SET
            Upload = vpn_traffic.Upload + growth.Upload, Download = vpn_traffic.Download + growth.Download, UpdatedAt = @now, UsedAt = @now
            FROM vpn_growth AS growth WHERE vpn_traffic.KeyId = growth.KeyId;

        INSERT INTO vpn_traffic_hours (KeyId, At, Upload, Download)
            SELECT KeyId, @hour, Upload, Download FROM vpn_growth WHERE true
            ON CONFLICT (KeyId, At) DO UPDATE SET Upload = Upload + excluded.Upload, Download = Download + excluded.Download;
        """;

    private static readonly long MillisecondsAnHour = (long)TimeSpan.FromHours(1).TotalMilliseconds;

    public async Task WriteAsync(string node, IReadOnlyList<TrafficGrowth> growth, CancellationToken cancellation)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();

        await using var connection = database.OpenConnection();
        await ExecuteAsync(connection, null, Prepare, [], cancellation);
        using var turn = await database.Gate.EnterAsync(cancellation);
        await using var transaction = connection.BeginTransaction(deferred: false);

        Fill(connection, transaction, growth);
        await ExecuteAsync(
            connection,
            transaction,
            Apply,
            [("@node", node), ("@now", now), ("@hour", now - now % MillisecondsAnHour)],
            cancellation
        );
        await transaction.CommitAsync(cancellation);
        metrics.Count(node, growth);
    }

    private static void Fill(SqliteConnection connection, SqliteTransaction transaction, IReadOnlyList<TrafficGrowth> growth)
    {
        using var insert = connection.CreateCommand();
        (insert.CommandText, insert.Transaction) = (Insert, transaction);
        var (key, seenUpload, seenDownload) = (Add("@key"), Add("@seenUpload"), Add("@seenDownload"));
        var (upload, download) = (Add("@upload"), Add("@download"));
        insert.Prepare();

        foreach (var one in growth)
        {
            (key.Value, seenUpload.Value, seenDownload.Value) = (one.KeyId, one.Seen.Upload, one.Seen.Download);
            (upload.Value, download.Value) = (one.Upload, one.Download);
            insert.ExecuteNonQuery();
        }

        SqliteParameter Add(string name) => insert.Parameters.Add(name, SqliteType.Integer);
    }

    private static async Task ExecuteAsync(
        SqliteConnection connection,
        SqliteTransaction? transaction,
        string sql,
        IEnumerable<(string Name, object Value)> parameters,
        CancellationToken cancellation
    )
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);

        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);

        await command.ExecuteNonQueryAsync(cancellation);
    }
}
