using Latchkey.Vpn.Core;
using Latchkey.Vpn.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Nodes;

/// <summary>A core from one of its starts to its end. What it has of users and counters is gone with it.</summary>
/// <param name="Number">Grows with each start that is noticed.</param>
internal sealed record CoreRun(CoreClient Core, int Number);

/// <summary>
/// The connection to one core, and how it is noticed that the core has started anew. The core lives by the machine's time, whatever clock
/// the rest of the program has.
/// </summary>
internal sealed class CoreConnection(VpnNode node, IDbContextFactory<VpnDb> databases) : IDisposable
{
    // Uptimes come in whole seconds, and an answer takes its time.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(3);

    // From one process to the next there is only the clock on the wall, which may have been set, or be another machine's. A run that was
    // shorter than this and ended unseen is noticed by its counters all the same.
    private static readonly TimeSpan WallTolerance = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private CoreClient? _client;
    private (TimeSpan Uptime, long ReadAt)? _last;
    private int _number;

    /// <summary>The core as it was when it answered last; <c>null</c> before the first time, and while it does not answer.</summary>
    public CoreRun? Run { get; private set; }

    /// <summary>Asks the core for its uptime, connecting first where that has not been done.</summary>
    /// <exception cref="CoreException">It does not answer.</exception>
    public async Task<CoreRun> CheckAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);

        try
        {
            _client ??= await CoreClient.ConnectAsync(node.Api, node.Kind, node.Inbound, cancellation);
            var uptime = await _client.GetUptimeAsync(cancellation);

            if (await IsAnotherAsync(uptime, cancellation))
                await ForgetAsync(uptime, cancellation);

            _last = (uptime, TimeProvider.System.GetTimestamp());

            return Run = new CoreRun(_client, _number);
        }
        catch (CoreException)
        {
            // What answers at this address next may be the other kind of core.
            _client?.Dispose();
            (_client, Run) = (null, null);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _turn.Dispose();
    }

    private async Task<bool> IsAnotherAsync(TimeSpan uptime, CancellationToken cancellation)
    {
        if (_last is { } last)
            return uptime + Tolerance < last.Uptime + TimeProvider.System.GetElapsedTime(last.ReadAt);

        await using var db = await databases.CreateDbContextAsync(cancellation);
        var memory = await db.Nodes.AsNoTracking().FirstOrDefaultAsync(row => row.Node == node.Name, cancellation);

        return memory is null || TimeProvider.System.GetUtcNow() - uptime > memory.CoreStartedAt + WallTolerance;
    }

    /// <summary>The new run has counted nothing yet of what we have seen, and may have read users from its file that are deleted.</summary>
    private async Task ForgetAsync(TimeSpan uptime, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var startedAt = TimeProvider.System.GetUtcNow() - uptime;
        var memory = await db.Nodes.FirstOrDefaultAsync(row => row.Node == node.Name, cancellation);

        if (memory is null)
            db.Nodes.Add(NodeMemory.Of(node.Name, _client!.Kind, startedAt));
        else
            memory.Remember(_client!.Kind, startedAt);

        await db.SaveChangesAsync(cancellation);
        await db.Seen.Where(row => row.Node == node.Name).ExecuteDeleteAsync(cancellation);
        await db
            .Removals.Where(row => row.Node == node.Name)
            .ExecuteUpdateAsync(change => change.SetProperty(row => row.ConfirmedAt, (DateTimeOffset?)null), cancellation);
        await transaction.CommitAsync(cancellation);
        _number++;
    }
}
