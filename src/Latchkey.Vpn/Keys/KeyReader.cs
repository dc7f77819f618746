using System.Collections.Concurrent;
using Latchkey.Platform.Data;
using Microsoft.Data.Sqlite;

namespace Latchkey.Vpn.Keys;

/// <summary>
/// Reads one key by prepared statements, since bots ask for single keys all day: EF takes twice as long. The state is worked out here, as
/// for every other reader.
/// </summary>
internal sealed class KeyReader(Database database, TimeProvider time) : IDisposable
{
    private const string Select = """
        SELECT key.Id, key.Uuid, key.ShortId, key.Name, key.CreatedAt, key.PausedAt, key.ExpiresAt, key.DataLimit,
               traffic.Upload + traffic.Download, traffic.BlockedUntil
        FROM vpn_keys AS key JOIN vpn_traffic AS traffic ON traffic.KeyId = key.Id
        WHERE
        """;

    private const int MostIdle = 16;

    private readonly ConcurrentBag<Statements> _idle = [];

    public KeyResponse? Find(KeyReference reference)
    {
        if (!_idle.TryTake(out var statements))
            statements = new Statements(database.OpenConnection());

        try
        {
            var key = Read(reference.Id is { } id ? statements.By(id) : statements.By(reference.Uuid!));

            if (_idle.Count < MostIdle)
            {
                _idle.Add(statements);
                statements = null;
            }

            return key;
        }
        finally
        {
            statements?.Dispose();
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var statements))
            statements.Dispose();
    }

    private KeyResponse? Read(SqliteCommand command)
    {
        using var row = command.ExecuteReader();

        if (!row.Read())
            return null;

        var state = KeyStates.Of(
            Time(row, 5),
            Time(row, 6),
            row.IsDBNull(7) ? null : row.GetInt64(7),
            row.GetInt64(8),
            Time(row, 9),
            time.GetUtcNow()
        );

        return new KeyResponse(
            row.GetInt64(0),
            row.GetString(1),
            row.GetString(2),
            row.IsDBNull(3) ? null : row.GetString(3),
            row.GetInt64(4) / 1000,
            state == KeyState.Active
        );
    }

    private static DateTimeOffset? Time(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private sealed class Statements : IDisposable
    {
        private readonly SqliteConnection _connection;
        private readonly SqliteCommand _byId;
        private readonly SqliteCommand _byUuid;

        public Statements(SqliteConnection connection)
        {
            _connection = connection;
            _byId = Prepare("key.Id = @value", SqliteType.Integer);
            _byUuid = Prepare("key.Uuid = @value", SqliteType.Text);
        }

        public SqliteCommand By(long id) => With(_byId, id);

        public SqliteCommand By(string uuid) => With(_byUuid, uuid);

        public void Dispose()
        {
            _byId.Dispose();
            _byUuid.Dispose();
            _connection.Dispose();
        }

        private static SqliteCommand With(SqliteCommand command, object value)
        {
            command.Parameters[0].Value = value;
            return command;
        }

        private SqliteCommand Prepare(string condition, SqliteType type)
        {
            var command = _connection.CreateCommand();
            command.CommandText = $"{Select} {condition};";
            command.Parameters.Add("@value", type);
            command.Prepare();

            return command;
        }
    }
}
