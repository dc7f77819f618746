using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Latchkey.Platform.Data;

/// <summary>ExecuteUpdate, ExecuteDelete and ExecuteSql outside a transaction pass the write gate for that one command.</summary>
internal sealed class GatedCommands(WriteGate gate) : DbCommandInterceptor
{
    public override InterceptionResult<int> NonQueryExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result
    ) =>
        IsLoneWrite(command, eventData)
            ? throw new NotSupportedException(
                "Latchkey writes asynchronously: use ExecuteUpdateAsync, ExecuteDeleteAsync and ExecuteSqlAsync."
            )
            : result;

    // Executes by itself, so that the turn ends with the command in every outcome.
    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    )
    {
        if (!IsLoneWrite(command, eventData))
            return result;

        using var turn = await gate.EnterAsync(cancellationToken);

        return InterceptionResult<int>.SuppressWithResult(await command.ExecuteNonQueryAsync(cancellationToken));
    }

    private static bool IsLoneWrite(DbCommand command, CommandEventData eventData) =>
        command.Transaction is null
        && eventData.CommandSource is CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete or CommandSource.ExecuteSqlRaw;
}

/// <summary>EF leaves the transaction out for a single statement; the gate hangs on it, so there is always one.</summary>
internal sealed class AlwaysInTransaction : SaveChangesInterceptor
{
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    )
    {
        eventData.Context!.Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;

        return ValueTask.FromResult(result);
    }

    // The synchronous form is refused where its transaction starts.
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        eventData.Context!.Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;

        return result;
    }
}
