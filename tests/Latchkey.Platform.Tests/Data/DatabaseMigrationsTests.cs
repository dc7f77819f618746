using Latchkey.Platform.Data;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Data;

public sealed class DatabaseMigrationsTests
{
    [Fact]
    public async Task Can_start_again_on_a_migrated_database()
    {
        using var folder = new TemporaryFolder();
        await using (await TestData.CreateAsync(path: folder.Path)) { }

        await using var again = await TestData.CreateAsync(path: folder.Path);

        (await again.Db().ApiKeys.CountAsync()).ShouldBe(0);
        (await again.ScalarAsync("PRAGMA journal_mode")).ShouldBe("wal");
    }

    [Fact]
    public async Task Can_migrate_when_a_killed_start_left_its_lock()
    {
        await using var data = await TestData.CreateAsync(prepare: false);
        data.Get<Database>().CreateFile();
        await data.ScalarAsync(
            """
            CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL PRIMARY KEY, "Timestamp" TEXT NOT NULL);
            INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00');
            """
        );

        await data.Services.PrepareDataAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));

        (await data.Db().ApiKeys.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Cannot_open_a_database_of_a_newer_program()
    {
        await using var data = await TestData.CreateAsync();
        await data.ScalarAsync("INSERT INTO platform_migrations VALUES ('99991231000000_FromTheFuture', '10.0.0')");

        var refusal = await Should.ThrowAsync<LatchkeyStartException>(() => data.Services.PrepareDataAsync(CancellationToken.None));

        refusal.Message.ShouldContain("newer Latchkey");
        refusal.Message.ShouldContain("FromTheFuture");
    }

    [Fact]
    public async Task Cannot_migrate_beside_a_server_that_has_not_yet()
    {
        await using var data = await TestData.CreateAsync(prepare: false);
        data.Get<Database>().CreateFile();
        using var server = data.Get<DataFolder>().TryLock();

        await Should.ThrowAsync<LatchkeyStartException>(() => data.Services.PrepareDataAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Can_open_the_data_beside_a_running_server()
    {
        await using var server = await RunningHost.StartAsync();
        await using var commandLine = await TestData.CreateAsync(path: server.DataPath);

        (await commandLine.Db().ApiKeys.CountAsync()).ShouldBe(1);
    }
}
