using System.Data;
using Latchkey.Platform.Access;
using Latchkey.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Data;

public sealed class WriteGateTests : IAsyncLifetime
{
    private const int Writers = 200;

    // A turn that was not passed on would be waited for for two minutes.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private TestData _data = null!;

    public async ValueTask InitializeAsync() => _data = await TestData.CreateAsync();

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Fact]
    public async Task Can_write_from_200_tasks_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(number => Task.Run(() => AddKeyAsync(number)))).WaitAsync(Soon);

        await using var db = _data.Db();
        (await db.ApiKeys.CountAsync()).ShouldBe(Writers);
        GateShouldBeFree();
    }

    [Fact]
    public async Task Can_wait_for_the_gate_without_holding_a_thread()
    {
        await using var db = _data.Db();
        var transaction = await db.Database.BeginTransactionAsync();

        // All from this one thread: it would not come back from the first if waiting blocked it.
        var writes = Enumerable.Range(0, Writers).Select(number => AddKeyAsync(number)).ToList();
        writes.ShouldAllBe(write => !write.IsCompleted);

        await transaction.CommitAsync();
        await Task.WhenAll(writes).WaitAsync(Soon);
        GateShouldBeFree();
    }

    [Fact]
    public async Task Can_cancel_writers_that_wait()
    {
        await using var db = _data.Db();
        var transaction = await db.Database.BeginTransactionAsync();

        using var impatience = new CancellationTokenSource();
        var cancelled = Enumerable.Range(0, Writers).Select(number => AddKeyAsync(number, impatience.Token)).ToList();
        var patient = Enumerable.Range(Writers, Writers).Select(number => AddKeyAsync(number)).ToList();

        await impatience.CancelAsync();
        await transaction.RollbackAsync();
        await Task.WhenAll(patient).WaitAsync(Soon);

        foreach (var write in cancelled)
            await write.ShouldThrowAsync<OperationCanceledException>();

        (await db.ApiKeys.CountAsync()).ShouldBe(Writers);
        GateShouldBeFree();
    }

    [Fact]
    public async Task Can_cancel_writers_at_any_moment()
    {
        // Cancelled while waiting, beginning, writing or committing: whichever, the turn is passed on.
        var writes = Enumerable
            .Range(0, Writers)
            .Select(async number =>
            {
                using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(number % 40));

                try
                {
                    await AddKeyAsync(number, impatience.Token);
                }
                catch (OperationCanceledException)
                {
                    // Expected of most.
                }
            });

        await Task.WhenAll(writes).WaitAsync(Soon);
        await AddKeyAsync(Writers).WaitAsync(Soon);
        GateShouldBeFree();
    }

    [Fact]
    public async Task Can_write_after_a_write_failed()
    {
        await AddKeyAsync(1);
        await Should.ThrowAsync<DbUpdateException>(() => AddKeyAsync(1));

        GateShouldBeFree();
    }

    [Fact]
    public async Task Can_write_after_a_lone_update_failed()
    {
        await AddKeyAsync(1);
        await AddKeyAsync(2);
        await using var db = _data.Db();

        await Should.ThrowAsync<Exception>(() => db.ApiKeys.ExecuteUpdateAsync(row => row.SetProperty(key => key.SecretHash, "same")));

        GateShouldBeFree();
    }

    [Fact]
    public async Task Can_write_after_a_transaction_could_not_begin()
    {
        await using var db = _data.Db();

        await Should.ThrowAsync<ArgumentException>(() => db.Database.BeginTransactionAsync(IsolationLevel.Chaos));

        GateShouldBeFree();
    }

    [Fact]
    public async Task Can_write_after_a_transaction_was_disposed_without_an_end()
    {
        await using var db = _data.Db();

        await using (await db.Database.BeginTransactionAsync())
            await GateShouldBeTakenAsync();

        GateShouldBeFree();
    }

    [Fact]
    public async Task Can_write_after_a_context_was_disposed_with_its_transaction_open()
    {
        await using (var db = _data.Db())
        {
            await db.Database.BeginTransactionAsync();
            await GateShouldBeTakenAsync();
        }

        GateShouldBeFree();

        await using var pooled = _data.Db();
        pooled.Database.CurrentTransaction.ShouldBeNull();
        await AddKeyAsync(1).WaitAsync(Soon);
    }

    [Fact]
    public async Task Can_hold_one_turn_over_all_writes_of_a_transaction()
    {
        await using var db = _data.Db();
        await using var transaction = await db.Database.BeginTransactionAsync();

        db.ApiKeys.Add(Key(1));
        await db.SaveChangesAsync().WaitAsync(Soon);
        await db.ApiKeys.ExecuteUpdateAsync(row => row.SetProperty(key => key.Name, "other")).WaitAsync(Soon);
        await GateShouldBeTakenAsync();

        await transaction.CommitAsync();
        GateShouldBeFree();
    }

    [Fact]
    public async Task Cannot_update_past_a_transaction()
    {
        await using var holder = _data.Db();
        await using var updating = _data.Db();
        await using var deleting = _data.Db();
        var transaction = await holder.Database.BeginTransactionAsync();

        var update = updating.ApiKeys.ExecuteUpdateAsync(row => row.SetProperty(key => key.Name, "other"));
        var delete = deleting.Database.ExecuteSqlAsync($"DELETE FROM platform_api_keys");
        update.IsCompleted.ShouldBeFalse();
        delete.IsCompleted.ShouldBeFalse();

        await transaction.CommitAsync();
        await Task.WhenAll(update, delete).WaitAsync(Soon);
        GateShouldBeFree();
    }

    [Fact]
    public void Cannot_write_synchronously()
    {
        using var db = _data.Db();
        db.ApiKeys.Add(Key(1));

        Should.Throw<NotSupportedException>(() => db.SaveChanges());
        Should.Throw<NotSupportedException>(() => db.Database.BeginTransaction());
        Should.Throw<NotSupportedException>(() => db.ApiKeys.ExecuteDelete());
        GateShouldBeFree();
    }

    private async Task AddKeyAsync(int number, CancellationToken cancellation = default)
    {
        await using var db = _data.Db();
        db.ApiKeys.Add(Key(number));
        await db.SaveChangesAsync(cancellation);
    }

    private static ApiKey Key(int number) =>
        ApiKey.Issue($"secret {number}", new NewKey("test", KeyScopes.Video, KeyEnvironment.Production), DateTimeOffset.UnixEpoch);

    private void GateShouldBeFree()
    {
        var turn = _data.Get<Database>().Gate.EnterAsync(CancellationToken.None).AsTask();
        turn.IsCompletedSuccessfully.ShouldBeTrue();
        turn.Result.Dispose();
    }

    private async Task GateShouldBeTakenAsync()
    {
        using var impatience = new CancellationTokenSource();
        var turn = _data.Get<Database>().Gate.EnterAsync(impatience.Token).AsTask();
        turn.IsCompleted.ShouldBeFalse();

        await impatience.CancelAsync();
        await turn.ShouldThrowAsync<OperationCanceledException>();
    }
}
