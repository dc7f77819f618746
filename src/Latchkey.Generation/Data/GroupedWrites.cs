using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Data;

/// <summary>
/// The writes of jobs, several in one transaction: whoever comes while one is written goes with the next, and ten thousand that wait hold
/// neither a context nor a connection. Each stands behind a savepoint of its own: one that fails takes none of the others along.
/// </summary>
internal sealed class GroupedWrites(IDbContextFactory<GenerationDb> databases)
{
    private const int MostAtOnce = 64;
    private const string Savepoint = "write";

    private readonly ConcurrentQueue<Write> _waiting = new();
    private int _isWriting;

    /// <summary>Does it, in its turn.</summary>
    /// <param name="write">What it throws, the caller gets, and nothing of it is written.</param>
    /// <returns>Once it is committed.</returns>
    public async Task<T> RunAsync<T>(Func<GenerationDb, Task<T>> write, CancellationToken cancellation)
    {
        var turn = new Write<T>(write, cancellation);
        _waiting.Enqueue(turn);

        // Where nobody writes, whoever comes does it for themselves, and need not be woken afterwards.
        if (Interlocked.Exchange(ref _isWriting, 1) == 0)
            await WriteAsync();

        return await turn.Outcome;
    }

    private async Task WriteAsync()
    {
        await WriteSomeAsync();
        Volatile.Write(ref _isWriting, 0);

        if (!_waiting.IsEmpty && Interlocked.Exchange(ref _isWriting, 1) == 0)
            _ = Task.Run(WriteAsync);
    }

    private async Task WriteSomeAsync()
    {
        var done = new List<Write>();

        try
        {
            await using var db = await databases.CreateDbContextAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.Database.AutoSavepointsEnabled = false;

            while (done.Count < MostAtOnce && _waiting.TryDequeue(out var write))
            {
                await transaction.CreateSavepointAsync(Savepoint);
                done.Add(write);

                if (await write.TryAsync(db))
                    await transaction.ReleaseSavepointAsync(Savepoint);
                else
                    await transaction.RollbackToSavepointAsync(Savepoint);

                db.ChangeTracker.Clear();
            }

            await transaction.CommitAsync();
            done.ForEach(write => write.Tell());
        }
        catch (Exception failure)
        {
            // Not even begun: nobody is left waiting for a database that does not answer.
            if (done.Count == 0 && _waiting.TryDequeue(out var first))
                done.Add(first);

            done.ForEach(write => write.Fail(failure));
        }
    }

    private abstract class Write
    {
        /// <returns>Whether it is to be kept.</returns>
        public abstract Task<bool> TryAsync(GenerationDb db);

        /// <summary>The transaction is committed.</summary>
        public abstract void Tell();

        /// <summary>The transaction is lost.</summary>
        public abstract void Fail(Exception failure);
    }

    private sealed class Write<T>(Func<GenerationDb, Task<T>> write, CancellationToken cancellation) : Write
    {
        private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;
        private Exception? _failure;

        public Task<T> Outcome => _outcome.Task;

        public override async Task<bool> TryAsync(GenerationDb db)
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();
                _result = await write(db);
            }
            catch (Exception failure)
            {
                _failure = failure;
            }

            return _failure is null;
        }

        public override void Tell()
        {
            if (_failure is null)
                _outcome.TrySetResult(_result);
            else
                Fail(_failure);
        }

        public override void Fail(Exception failure)
        {
            if ((_failure ?? failure) is OperationCanceledException)
                _outcome.TrySetCanceled(cancellation);
            else
                _outcome.TrySetException(_failure ?? failure);
        }
    }
}
