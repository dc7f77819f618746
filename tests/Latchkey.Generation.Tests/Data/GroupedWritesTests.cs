using Latchkey.Generation.Data;
using Latchkey.Generation.Ledger;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Data;

public class GroupedWritesTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private const int Writers = 300;

    private readonly GenerationHost _host = shared.Reset();
    private readonly string _owner = Guid.NewGuid().ToString();

    private GroupedWrites Writes => _host.Host.Services.GetRequiredService<GroupedWrites>();

    [Fact]
    public async Task Can_write_for_many_at_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, Writers).Select(number => Task.Run(() => GrantAsync(number))));

        answers.ShouldBe(Enumerable.Range(0, Writers), ignoreOrder: true);
        (await AmountsAsync()).ShouldBe(Enumerable.Range(0, Writers).Select(number => (long)number));
    }

    [Fact]
    public async Task Cannot_lose_what_others_write_to_one_that_fails()
    {
        var writes = Enumerable.Range(0, Writers).Select(number => Task.Run(() => GrantAsync(number, fails: number % 7 == 0))).ToList();

        foreach (var (number, write) in writes.Index())
        {
            if (number % 7 == 0)
                (await write.ShouldThrowAsync<InvalidOperationException>()).Message.ShouldBe($"no {number}");
            else
                (await write).ShouldBe(number);
        }

        (await AmountsAsync()).ShouldBe(Enumerable.Range(0, Writers).Where(number => number % 7 != 0).Select(number => (long)number));
    }

    /// <summary>What the database refuses, such as a second end of a job, is refused to that one alone.</summary>
    [Fact]
    public async Task Cannot_lose_what_others_write_to_one_that_the_database_refuses()
    {
        var now = _host.Time.GetUtcNow();
        var ends = Enumerable
            .Range(0, 4)
            .Select(_ => Task.Run(() => AddAsync(LedgerEntry.Release(_owner, "job_" + _owner, 1000, now))))
            .ToList();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(number => Task.Run(() => GrantAsync(number))));

        await Task.WhenAll(ends).ContinueWith(_ => { }, TaskScheduler.Default);
        ends.Count(end => end.IsCompletedSuccessfully).ShouldBe(1);
        ends.Where(end => end.IsFaulted).ShouldAllBe(end => end.Exception!.InnerException is DbUpdateException);
        (await AmountsAsync()).ShouldBe([.. Enumerable.Range(0, Writers).Select(number => (long)number), 1000]);
    }

    [Fact]
    public async Task Cannot_write_for_whom_it_was_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Writes
            .RunAsync<int>(_ => throw new InvalidOperationException("It was begun."), cancelled.Token)
            .ShouldThrowAsync<OperationCanceledException>();
        (await GrantAsync(1)).ShouldBe(1);
    }

    private Task<int> GrantAsync(int number, bool fails = false) =>
        Writes.RunAsync(
            async db =>
            {
                db.Ledger.Add(LedgerEntry.Grant(_owner, number, _host.Time.GetUtcNow()));
                await db.SaveChangesAsync();

                return fails ? throw new InvalidOperationException($"no {number}") : number;
            },
            CancellationToken.None
        );

    private Task<int> AddAsync(LedgerEntry entry) =>
        Writes.RunAsync(
            db =>
            {
                db.Ledger.Add(entry);
                return db.SaveChangesAsync();
            },
            CancellationToken.None
        );

    private Task<List<long>> AmountsAsync() =>
        _host.ReadAsync(db =>
            db.Ledger.Where(entry => entry.OwnerId == _owner).Select(entry => entry.Amount).OrderBy(amount => amount).ToListAsync()
        );
}
