using Latchkey.Platform.Data;
using Latchkey.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Latchkey.Platform.Tests.Data;

public class CheckpointsTests
{
    private const int Megabytes = 8;

    [Fact]
    public async Task Can_move_what_was_written_into_the_file_without_a_writer()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using var host = await RunningHost.StartAsync(new RunningHostOptions { Time = time });
        var database = host.Services.GetRequiredService<Database>();
        var file = new FileInfo(Path.Combine(host.DataPath, "latchkey.db"));

        await using var connection = database.OpenConnection();
        await using var command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE test_blobs (bytes BLOB)";
        await command.ExecuteNonQueryAsync();
        command.CommandText = "INSERT INTO test_blobs VALUES (zeroblob(1048576))";

        for (var megabyte = 0; megabyte < Megabytes; megabyte++)
            await command.ExecuteNonQueryAsync();

        file.Refresh();
        Assert.True(file.Length < 1 << 20, "A writer has done it.");

        await Eventually.IsTrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            file.Refresh();

            return Task.FromResult(file.Length > Megabytes << 20);
        });
    }
}
