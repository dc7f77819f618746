using Latchkey.Vpn.Core;
using Latchkey.Vpn.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Nodes;

/// <summary>A core from one of its starts to its end. What it has of users and counters is gone with it.</summary>
/// <param name="Number">Grows with each start that is noticed.</param>
/// <param name="Connection">Grows with each connection. Behind a new one there may be a core that has started anew, even if nothing shows it.</param>
internal sealed record CoreRun(CoreClient Core, int Number, int Connection);

/// <summary>
/// The connection to one core, and how it is noticed that the core has started anew. The core lives by the machine's time, whatever clock
/// the rest of the program has.
/// </summary>
internal sealed class CoreConnection(VpnNode node, IDbContextFactory<VpnDb> databases) : IDisposable
{
    // Uptimes come in whole seconds; the rest is for clocks that do not go quite alike.
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1.5);

    // From one process to the next there is only the clock on the wall, which may have been set, or be another machine's. A run that was
    // shorter than this and ended unseen is noticed by its counters all the same.
    private static readonly TimeSpan WallTolerance = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private CoreClient? _client;
    private Reading? _last;
    private DateTimeOffset _rememberedStart;
    private int _number;
    private int _connection;

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
            var now = await ReadAsync(_client, cancellation);

            if (_last is null || !now.HasConnectionOf(_last))
            {
                await DoubtRemovalsAsync(cancellation);
                _connection++;
            }

            if (await IsAnotherAsync(now, cancellation))
                await ForgetAsync(now, cancellation);
            else if ((now.StartedAt - _rememberedStart).Duration() > Rounding)
                await RememberAsync(now, cancellation);

            _last = now;

            return Run = new CoreRun(_client, _number, _connection);
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

    private static async Task<Reading> ReadAsync(CoreClient client, CancellationToken cancellation)
    {
        var askedAt = TimeProvider.System.GetTimestamp();
        var vitals = await client.ReadVitalsAsync(cancellation);

        return new Reading(client, vitals, askedAt, TimeProvider.System.GetTimestamp(), TimeProvider.System.GetUtcNow() - vitals.Uptime);
    }

    private async Task<bool> IsAnotherAsync(Reading now, CancellationToken cancellation)
    {
        if (_last is { } last)
            return !now.HasConnectionOf(last)
                && (
                    now.Vitals.Uptime + Rounding < last.Vitals.Uptime + TimeProvider.System.GetElapsedTime(last.AnsweredAt, now.AskedAt)
                    || now.Vitals.Allocated < last.Vitals.Allocated
                );

        await using var db = await databases.CreateDbContextAsync(cancellation);
        var memory = await db.Nodes.AsNoTracking().FirstOrDefaultAsync(row => row.Node == node.Name, cancellation);

        return memory is null || now.StartedAt > memory.CoreStartedAt + WallTolerance;
    }

    /// <summary>A core that has started anew may have read users from its file that are deleted.</summary>
    private async Task DoubtRemovalsAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        await db
            .Removals.Where(row => row.Node == node.Name)
            .ExecuteUpdateAsync(change => change.SetProperty(row => row.ConfirmedAt, (DateTimeOffset?)null), cancellation);
    }

    /// <summary>The new run has counted nothing yet of what we have seen.</summary>
    private async Task ForgetAsync(Reading now, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);

        await WriteMemoryAsync(db, now, cancellation);
        await db.Seen.Where(row => row.Node == node.Name).ExecuteDeleteAsync(cancellation);
        await transaction.CommitAsync(cancellation);

        _rememberedStart = now.StartedAt;
        _number++;
    }

    /// <summary>The same run on a clock that was set meanwhile: the next process must not take it for another.</summary>
    private async Task RememberAsync(Reading now, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        await WriteMemoryAsync(db, now, cancellation);
        _rememberedStart = now.StartedAt;
    }

    private async Task WriteMemoryAsync(VpnDb db, Reading now, CancellationToken cancellation)
    {
        if (await db.Nodes.FirstOrDefaultAsync(row => row.Node == node.Name, cancellation) is { } memory)
            memory.Remember(_client!.Kind, now.StartedAt);
        else
            db.Nodes.Add(NodeMemory.Of(node.Name, _client!.Kind, now.StartedAt));

        await db.SaveChangesAsync(cancellation);
    }

    /// <param name="AskedAt">A timestamp from before the question; the core answered between it and <paramref name="AnsweredAt"/>.</param>
    /// <param name="StartedAt">By the clock on the wall.</param>
    private sealed record Reading(CoreClient Client, CoreVitals Vitals, long AskedAt, long AnsweredAt, DateTimeOffset StartedAt)
    {
        public bool HasConnectionOf(Reading other) => Client == other.Client && Vitals.Connections == other.Vitals.Connections;
    }
}
