using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.Data.Sqlite;

namespace Latchkey.Bench.Generation;

/// <summary>What cannot be done without: a row committed, a request made, a file on the disk; by nothing but the driver and the client.</summary>
internal sealed class RawEngine : IDisposable
{
    private readonly Vendor _vendor;
    private readonly string _folder;
    private readonly HttpClient _client;
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _write;
    private readonly Lock _lock = new();

    public RawEngine(Vendor vendor)
    {
        (_vendor, _client) = (vendor, new HttpClient { BaseAddress = new Uri(vendor.Address) });
        _folder = Directory.CreateTempSubdirectory("latchkey-bench-").FullName;
        _connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "raw.db")}");
        _connection.Open();
        Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; CREATE TABLE jobs (id TEXT PRIMARY KEY, state TEXT);");
        _write = _connection.CreateCommand();
        _write.CommandText = "INSERT INTO jobs VALUES ($id, $state) ON CONFLICT (id) DO UPDATE SET state = excluded.state";
        _write.Parameters.Add("$id", SqliteType.Text);
        _write.Parameters.Add("$state", SqliteType.Text);
        _write.Prepare();
    }

    /// <summary>A row, and a task sent.</summary>
    /// <returns>Seconds until the vendor had it.</returns>
    public async Task<double> SubmitAsync(string prompt)
    {
        var began = Stopwatch.GetTimestamp();
        Commit(prompt, "submitting");
        using var answer = await _client.PostAsJsonAsync(
            "/api/v1/jobs/createTask",
            new { model = "z-image", input = new { prompt, aspect_ratio = "1:1" } }
        );
        answer.EnsureSuccessStatusCode();

        return Stopwatch.GetElapsedTime(began, _vendor.Tasks[prompt].ArrivedAt).TotalSeconds;
    }

    /// <summary>The task's answer, its picture on the disk, and a row.</summary>
    /// <returns>Seconds, without the vendor's own.</returns>
    public async Task<double> FetchAsync(string prompt)
    {
        var task = _vendor.Tasks[prompt];
        task.IsDone = true;
        var (began, spent) = (Stopwatch.GetTimestamp(), task.Spent);
        _ = await _client.GetByteArrayAsync("/api/v1/jobs/recordInfo?taskId=" + task.Id);
        await using (var picture = await _client.GetStreamAsync("/files/" + task.Id))
        await using (var file = File.Create(Path.Combine(_folder, task.Id)))
        {
            await picture.CopyToAsync(file);
            file.Flush(flushToDisk: true);
        }

        Commit(prompt, "succeeded");

        return (Stopwatch.GetElapsedTime(began) - (task.Spent - spent)).TotalSeconds;
    }

    /// <summary>The task's answer, and a row.</summary>
    public async Task PollAsync(VendorTask task)
    {
        _ = await _client.GetByteArrayAsync("/api/v1/jobs/recordInfo?taskId=" + task.Id);
        Commit(task.Id, "running");
    }

    public void Dispose()
    {
        _client.Dispose();
        _write.Dispose();
        _connection.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private void Commit(string id, string state)
    {
        lock (_lock)
        {
            (_write.Parameters[0].Value, _write.Parameters[1].Value) = (id, state);
            _write.ExecuteNonQuery();
        }
    }

    private void Execute(string statements)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = statements;
        command.ExecuteNonQuery();
    }
}
