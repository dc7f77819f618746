using Latchkey.Platform.Settings;
using Microsoft.Data.Sqlite;

namespace Latchkey.Vpn.Import;

/// <summary>Another program's SQLite file. It is opened for reading only, so that the program may go on using it meanwhile.</summary>
internal sealed class ForeignDatabase : IDisposable
{
    private readonly SqliteConnection _connection;

    private ForeignDatabase(SqliteConnection connection) => _connection = connection;

    /// <exception cref="ImportException">There is no such file, or it is no SQLite database.</exception>
    public static ForeignDatabase Open(string path)
    {
        if (!File.Exists(path))
            throw new ImportException(new($"There is no file {path}.", $"Файла {path} нет."));

        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = SqliteOpenMode.ReadOnly,
                Pooling = false,
            }.ToString()
        );

        try
        {
            connection.Open();
            var database = new ForeignDatabase(connection);
            // The first reading finds out what it is.
            database.ColumnsOf("sqlite_schema");

            return database;
        }
        catch (SqliteException failure)
        {
            connection.Dispose();
            throw Unreadable(path, failure);
        }
    }

    public static ImportException Unreadable(string path, SqliteException failure) =>
        new(
            new(
                $"{path} cannot be read as an SQLite database ({failure.SqliteErrorCode}: {failure.Message}). If it lies where nothing may be written, copy it and its -wal file elsewhere.",
                $"{path} не читается как база SQLite ({failure.SqliteErrorCode}: {failure.Message}). Если файл лежит там, куда нельзя писать, скопируйте его и файл -wal в другое место."
            ),
            failure
        );

    /// <summary>Whether there is such a table with at least these columns.</summary>
    public bool Has(string table, params string[] columns)
    {
        var present = ColumnsOf(table);

        return present.Count > 0 && Array.TrueForAll(columns, present.Contains);
    }

    /// <summary>All rows, in the order in which they came into the table.</summary>
    public IEnumerable<ForeignRow> Read(string table)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"SELECT * FROM \"{table}\" ORDER BY rowid";
        using var reader = command.ExecuteReader();

        while (reader.Read())
        {
            var values = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);

            for (var column = 0; column < reader.FieldCount; column++)
            {
                if (!reader.IsDBNull(column))
                    values[reader.GetName(column)] = reader.GetValue(column);
            }

            yield return new ForeignRow(values);
        }
    }

    public void Dispose() => _connection.Dispose();

    private HashSet<string> ColumnsOf(string table)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT name FROM pragma_table_info($table)";
        command.Parameters.AddWithValue("$table", table);
        using var reader = command.ExecuteReader();
        var columns = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

        while (reader.Read())
            columns.Add(reader.GetString(0));

        return columns;
    }
}
