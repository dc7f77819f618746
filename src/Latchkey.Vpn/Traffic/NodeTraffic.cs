using Latchkey.Vpn.Core;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Nodes;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Traffic;

/// <summary>
/// Adds what one core has counted to the keys' traffic. A counter only grows while its core runs, so what it grew by since it was last seen
/// is new; a core that has started anew begins at zero.
/// </summary>
internal sealed class NodeTraffic(
    VpnNode node,
    CoreConnection connection,
    IDbContextFactory<VpnDb> databases,
    TrafficWriter writer,
    CoreSchedule schedule,
    TimeProvider time
) : IDisposable
{
    // Bots ask often; what was read a moment ago is not asked for again.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    // Reading and adding on are one step: an older reading after a newer one would look like a core that began again.
    private readonly SemaphoreSlim _turn = new(1, 1);

    private readonly Dictionary<long, UserCounters> _seen = [];
    private int _run = -1;
    private DateTimeOffset? _readAt;

    public async Task ReadAllIfDueAsync(CancellationToken cancellation)
    {
        if (_readAt is null || _readAt + schedule.BetweenTraffic <= time.GetUtcNow())
            await ReadAllAsync(cancellation);
    }

    /// <exception cref="CoreException">The core does not answer; nothing is changed then.</exception>
    public async Task ReadAllAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);

        try
        {
            await ReadAllInTurnAsync(cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The same for one key.</summary>
    /// <param name="toTheLastByte">Reads although everything was read a moment ago.</param>
    public async Task RefreshAsync(long keyId, string email, bool toTheLastByte, CancellationToken cancellation)
    {
        if (connection.Run is null || (!toTheLastByte && _readAt + Fresh > time.GetUtcNow()))
            return;

        await _turn.WaitAsync(cancellation);

        try
        {
            var (run, counters) = await ReadFromOneRunAsync(core => core.ReadTrafficAsync(email, cancellation), cancellation);

            // A run of the core is read as a whole first: only so can it be told whether what was seen is of this run.
            if (run.Number != _run)
                await ReadAllInTurnAsync(cancellation);
            else if (counters is { } one)
                await AddAsync(new Dictionary<long, UserCounters> { [keyId] = one }, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task ReadAllInTurnAsync(CancellationToken cancellation)
    {
        var (run, counters) = await ReadFromOneRunAsync(core => core.ReadTrafficAsync(cancellation), cancellation);

        if (run.Number != _run)
            await RememberAsync(run, counters, cancellation);

        await AddAsync(counters, cancellation);
        _readAt = time.GetUtcNow();
    }

    /// <summary>Counters of a core that starts anew while it is being read cannot be told to be of its old run or its new one.</summary>
    private async Task<(CoreRun Run, T Counters)> ReadFromOneRunAsync<T>(Func<CoreClient, Task<T>> read, CancellationToken cancellation)
    {
        var before = await connection.CheckAsync(cancellation);

        while (true)
        {
            var counters = await read(before.Core);
            var after = await connection.CheckAsync(cancellation);

            if (after.Number == before.Number)
                return (after, counters);

            before = after;
        }
    }

    private async Task AddAsync(IReadOnlyDictionary<long, UserCounters> counters, CancellationToken cancellation)
    {
        var growth = new List<TrafficGrowth>();

        foreach (var (keyId, now) in counters)
        {
            var seen = _seen.GetValueOrDefault(keyId);

            if (now != seen)
                growth.Add(new TrafficGrowth(keyId, now, Grown(seen.Upload, now.Upload), Grown(seen.Download, now.Download)));
        }

        if (growth.Count == 0)
            return;

        await writer.WriteAsync(node.Name, growth, cancellation);

        foreach (var one in growth)
            _seen[one.KeyId] = one.Seen;
    }

    private static long Grown(long seen, long now) => now >= seen ? now - seen : now;

    /// <summary>What was seen of this run of the core, perhaps before this process began.</summary>
    private async Task RememberAsync(CoreRun run, IReadOnlyDictionary<long, UserCounters> counters, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = db.Seen.Where(row => row.Node == node.Name);
        _seen.Clear();

        await foreach (var row in rows.AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellation))
            _seen[row.KeyId] = new UserCounters(row.Upload, row.Download);

        // A counter neither falls nor goes away while its core runs: these were of another run, whose end nobody saw.
        if (
            _seen.Any(seen =>
                !counters.TryGetValue(seen.Key, out var now) || now.Upload < seen.Value.Upload || now.Download < seen.Value.Download
            )
        )
        {
            await rows.ExecuteDeleteAsync(cancellation);
            _seen.Clear();
        }

        _run = run.Number;
    }
}
