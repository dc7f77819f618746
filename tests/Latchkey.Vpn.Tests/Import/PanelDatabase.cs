using Latchkey.Testing;
using Microsoft.Data.Sqlite;

namespace Latchkey.Vpn.Tests.Import;

/// <summary>Databases as other panels make them; columns that nobody reads here are left out where there are very many.</summary>
internal sealed class PanelDatabase : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // Held open, like a panel that is running: so its last writes are in the -wal file only.
    private readonly SqliteConnection _connection;

    private PanelDatabase(string schema)
    {
        Path = _folder.File("panel.db");
        _connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        _connection.Open();
        Run("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;");
        Run(schema);
    }

    public string Path { get; }

    /// <summary>The tables of the contract document's own implementation.</summary>
    public static PanelDatabase Veil() =>
        new(
            """
            CREATE TABLE keys (
                id INTEGER NOT NULL PRIMARY KEY, uuid VARCHAR(36) NOT NULL, short_id VARCHAR(8) NOT NULL, name VARCHAR(255),
                created_at INTEGER NOT NULL, is_active INTEGER NOT NULL, last_used_at INTEGER, UNIQUE (uuid)
            );
            CREATE TABLE traffic_stats (
                id INTEGER NOT NULL PRIMARY KEY, key_id INTEGER NOT NULL, upload INTEGER NOT NULL, download INTEGER NOT NULL,
                updated_at INTEGER NOT NULL, FOREIGN KEY(key_id) REFERENCES keys (id) ON DELETE CASCADE
            );
            """
        );

    /// <summary>https://github.com/Gozargah/Marzban, app/db/models.py: User and Proxy.</summary>
    public static PanelDatabase Marzban() =>
        new(
            """
            CREATE TABLE users (
                id INTEGER NOT NULL PRIMARY KEY, username VARCHAR(34) COLLATE NOCASE, status VARCHAR(8) NOT NULL, used_traffic BIGINT,
                data_limit BIGINT, data_limit_reset_strategy VARCHAR(8) DEFAULT 'no_reset' NOT NULL, expire INTEGER, admin_id INTEGER,
                sub_revoked_at DATETIME, sub_updated_at DATETIME, sub_last_user_agent VARCHAR(512), created_at DATETIME, note VARCHAR(500),
                online_at DATETIME, on_hold_expire_duration BIGINT, on_hold_timeout DATETIME, auto_delete_in_days INTEGER, edit_at DATETIME,
                last_status_change DATETIME
            );
            CREATE TABLE proxies (
                id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER, type VARCHAR(11) NOT NULL, settings JSON NOT NULL,
                FOREIGN KEY(user_id) REFERENCES users (id)
            );
            """
        );

    /// <summary>https://github.com/MHSanaei/3x-ui, database/model/model.go (Inbound) and xray/client_traffic.go.</summary>
    public static PanelDatabase ThreeXUi() =>
        new(
            """
            CREATE TABLE `inbounds` (
                `id` integer PRIMARY KEY AUTOINCREMENT, `user_id` integer, `up` integer, `down` integer, `total` integer, `all_time` integer,
                `remark` text, `enable` numeric, `expiry_time` integer, `traffic_reset` text DEFAULT "never", `last_traffic_reset_time` integer,
                `listen` text, `port` integer, `protocol` text, `settings` text, `stream_settings` text, `tag` text, `sniffing` text
            );
            CREATE TABLE `client_traffics` (
                `id` integer PRIMARY KEY AUTOINCREMENT, `inbound_id` integer, `enable` numeric, `email` text, `up` integer, `down` integer,
                `expiry_time` integer, `total` integer, `reset` integer DEFAULT 0, `last_online` integer DEFAULT 0
            );
            """
        );

    public PanelDatabase With(string sql)
    {
        Run(sql);

        return this;
    }

    public void Dispose()
    {
        _connection.Dispose();
        _folder.Dispose();
    }

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
