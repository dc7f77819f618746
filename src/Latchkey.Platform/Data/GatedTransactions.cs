using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace Latchkey.Platform.Data;

/// <summary>Every transaction holds the write gate from before its BEGIN until it is committed, rolled back or disposed.</summary>
internal sealed class GatedTransactions(WriteGate gate) : DbTransactionInterceptor
{
    // How GatedTransaction, which EF makes through a factory without a place for our state, finds the turn it must pass on.
    private static readonly ConditionalWeakTable<DbTransaction, IDisposable> Turns = [];

    public static void PassOn(DbTransaction transaction)
    {
        if (Turns.TryGetValue(transaction, out var turn))
            turn.Dispose();
    }

    // SaveChanges() and BeginTransaction() without Async would block a thread for as long as other writers take.
    public override InterceptionResult<DbTransaction> TransactionStarting(
        DbConnection connection,
        TransactionStartingEventData eventData,
        InterceptionResult<DbTransaction> result
    ) => throw new NotSupportedException("Latchkey writes asynchronously: use SaveChangesAsync and BeginTransactionAsync.");

    // Begins by itself: were EF to do it and fail (another process holds the file), nothing would tell us to pass the turn on.
    public override async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection,
        TransactionStartingEventData eventData,
        InterceptionResult<DbTransaction> result,
        CancellationToken cancellationToken = default
    )
    {
        var turn = await gate.EnterAsync(cancellationToken);

        try
        {
            var transaction = await connection.BeginTransactionAsync(eventData.IsolationLevel, cancellationToken);
            Turns.Add(transaction, turn);

            return InterceptionResult<DbTransaction>.SuppressWithResult(transaction);
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }
}

internal sealed class GatedTransactionFactory(RelationalTransactionFactoryDependencies dependencies) : IRelationalTransactionFactory
{
    public RelationalTransaction Create(
        IRelationalConnection connection,
        DbTransaction transaction,
        Guid transactionId,
        IDiagnosticsLogger<Microsoft.EntityFrameworkCore.DbLoggerCategory.Database.Transaction> logger,
        bool transactionOwned
    ) => new GatedTransaction(connection, transaction, transactionId, logger, transactionOwned, dependencies.SqlGenerationHelper);
}

/// <summary>EF has no event for a transaction that is disposed without an end, so the end is watched here.</summary>
internal sealed class GatedTransaction(
    IRelationalConnection connection,
    DbTransaction transaction,
    Guid transactionId,
    IDiagnosticsLogger<Microsoft.EntityFrameworkCore.DbLoggerCategory.Database.Transaction> logger,
    bool transactionOwned,
    ISqlGenerationHelper sqlGenerationHelper
) : RelationalTransaction(connection, transaction, transactionId, logger, transactionOwned, sqlGenerationHelper)
{
    private readonly DbTransaction _transaction = transaction;

    // After a commit or a rollback.
    protected override void ClearTransaction()
    {
        try
        {
            base.ClearTransaction();
        }
        finally
        {
            GatedTransactions.PassOn(_transaction);
        }
    }

    protected override async Task ClearTransactionAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await base.ClearTransactionAsync(cancellationToken);
        }
        finally
        {
            GatedTransactions.PassOn(_transaction);
        }
    }

    public override void Dispose()
    {
        try
        {
            base.Dispose();
        }
        finally
        {
            GatedTransactions.PassOn(_transaction);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await base.DisposeAsync();
        }
        finally
        {
            GatedTransactions.PassOn(_transaction);
        }
    }
}
