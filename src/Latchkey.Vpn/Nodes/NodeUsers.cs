using Latchkey.Vpn.Core;
using Microsoft.Extensions.Logging;

namespace Latchkey.Vpn.Nodes;

/// <summary>
/// Keeps the users of one core as they should be: what has changed at once, and everything after each start of the core, after a failure,
/// and from time to time.
/// </summary>
internal sealed partial class NodeUsers(
    VpnNode node,
    CoreConnection connection,
    UserReconciler reconciler,
    UserFile file,
    TimeProvider time,
    ILogger logger
) : IDisposable
{
    private readonly PendingKeys _pending = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private DateTimeOffset? _allAppliedAt;
    private int _connectionApplied = -1;

    /// <summary>How many users the core is known to have.</summary>
    public int Count => reconciler.Count;

    /// <returns>Whether the core agrees, once it was told; if not, it is told when it answers again.</returns>
    public Task<bool> ApplyAsync(IReadOnlyCollection<long> keyIds, CancellationToken cancellation)
    {
        var (agreed, mustStart) = _pending.Add(keyIds);

        if (mustStart)
            _ = Task.Run(() => WorkOffAsync(cancellation), CancellationToken.None);

        return agreed;
    }

    /// <summary>Looks at all users where that is due.</summary>
    /// <exception cref="CoreException">The core does not agree yet.</exception>
    public async Task LookAfterAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);

        try
        {
            var run = await connection.CheckAsync(cancellation);
            var isNew = run.Connection != _connectionApplied;

            if (isNew || _allAppliedAt is null || _allAppliedAt + CoreSchedule.BetweenReconciles(run.Core.Kind) <= time.GetUtcNow())
                await ApplyAllAsync(run, isNew, cancellation);
            else
                await ApplyNewAsync(run, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task ApplyAllAsync(CoreRun run, bool isNew, CancellationToken cancellation)
    {
        // A core that cannot list its users is asked for nothing: it is told everything again.
        reconciler.Forget();
        _allAppliedAt = null;

        var (added, removed) = await reconciler.ApplyAllAsync(run.Core, cancellation);
        (_connectionApplied, _allAppliedAt) = (run.Connection, time.GetUtcNow());

        if (isNew || added + removed > 0)
            file.Changed();

        if (isNew)
            Log.Ready(logger, node.Name, run.Core.Kind, reconciler.Count);
        else if (run.Core.Kind == CoreKind.Xray && added + removed > 0)
            Log.Mended(logger, node.Name, added, removed);
    }

    /// <summary>Keys that came into the table past this server, such as imported ones.</summary>
    private async Task ApplyNewAsync(CoreRun run, CancellationToken cancellation)
    {
        try
        {
            if (await reconciler.ApplyNewAsync(run.Core, cancellation) is > 0 and var added)
            {
                file.Changed();
                Log.Noticed(logger, node.Name, added);
            }
        }
        catch (CoreException)
        {
            _allAppliedAt = null;
            throw;
        }
    }

    private async Task WorkOffAsync(CancellationToken cancellation)
    {
        while (_pending.Take() is { } batch)
        {
            var agreed = false;

            try
            {
                agreed = await TellAsync(batch.KeyIds, cancellation);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                Log.NotTold(logger, node.Name, failure);
            }
            finally
            {
                batch.End(agreed);
            }
        }
    }

    private async Task<bool> TellAsync(IReadOnlyCollection<long> keyIds, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);

        try
        {
            file.Changed();

            // While it is down, and until it has been looked at after a start, there is no use in single keys.
            if (connection.Run is not { } run || run.Connection != _connectionApplied || _allAppliedAt is null)
                return false;

            await reconciler.ApplyAsync(run.Core, keyIds, cancellation);

            return true;
        }
        catch (CoreException)
        {
            // What it did of that is not known: the next look is at everything.
            _allAppliedAt = null;

            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The core {Node} ({Kind}) has its users: {Count}")]
        public static partial void Ready(ILogger logger, string node, CoreKind kind, int count);

        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "The core {Node} had other users than it should: {Added} added, {Removed} removed"
        )]
        public static partial void Mended(ILogger logger, string node, int added, int removed);

        [LoggerMessage(Level = LogLevel.Information, Message = "The core {Node} was given users that came past this server: {Count}")]
        public static partial void Noticed(ILogger logger, string node, int count);

        [LoggerMessage(Level = LogLevel.Error, Message = "The core {Node} could not be told of changed keys; it is looked at again soon")]
        public static partial void NotTold(ILogger logger, string node, Exception failure);
    }
}
