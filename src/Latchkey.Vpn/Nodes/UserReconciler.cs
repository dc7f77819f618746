using System.Collections.Concurrent;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Keys;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Nodes;

/// <summary>
/// Makes the users of one core those that the table of keys says. Users whose e-mail is none of ours are left alone. Only one call at a
/// time: whoever owns it sees to that.
/// </summary>
internal sealed class UserReconciler(VpnNode node, IDbContextFactory<VpnDb> databases, TimeProvider time)
{
    // Where a core answers fastest; beyond a hundred at once it slows down.
    private const int AtOnce = 64;

    // With so many refused, it is not the users that are wrong.
    private const int MostRefusals = 50;

    private const int MostNewAtOnce = 1000;

    // What the running core is known to have, and to have no more. A core that cannot be asked is only known by what we did to it.
    private readonly ConcurrentDictionary<long, CoreUser> _present = new();
    private readonly ConcurrentDictionary<long, bool> _absent = new();

    // Keys only ever get higher numbers, so whatever lies beyond is new.
    private long _highest;

    /// <summary>How many users the core is known to have.</summary>
    public int Count => _present.Count;

    /// <summary>Nothing is known of the core: it has started anew, or it is time to look at everything again.</summary>
    public void Forget()
    {
        _present.Clear();
        _absent.Clear();
    }

    /// <summary>All keys.</summary>
    /// <returns>How many users were added and removed.</returns>
    /// <exception cref="CoreException">The core does not agree yet.</exception>
    public async Task<(int Added, int Removed)> ApplyAllAsync(CoreClient core, CancellationToken cancellation)
    {
        var listed = await core.ListUsersAsync(cancellation);
        var strangers = listed is null ? [] : TakeOver(listed);
        var wanted = await ReadAsync(core.Kind, keyIds: null, cancellation);

        // A core that lists its users has none but these.
        if (listed is not null)
        {
            foreach (var key in wanted.Where(key => !key.IsActive && !_present.ContainsKey(key.KeyId)))
                _absent[key.KeyId] = true;
        }

        return await ApplyAsync(core, wanted, strangers, cancellation);
    }

    /// <summary>Keys that have changed.</summary>
    /// <exception cref="CoreException">The core does not agree yet.</exception>
    public async Task ApplyAsync(CoreClient core, IReadOnlyCollection<long> keyIds, CancellationToken cancellation) =>
        await ApplyAsync(core, await ReadAsync(core.Kind, keyIds, cancellation), [], cancellation);

    /// <summary>Keys that nobody told of: those beyond all that were looked at.</summary>
    /// <returns>How many users were added.</returns>
    /// <exception cref="CoreException">The core does not agree yet.</exception>
    public async Task<int> ApplyNewAsync(CoreClient core, CancellationToken cancellation)
    {
        var added = 0;

        while (await ReadNewAsync(cancellation) is { Length: > 0 } keyIds)
        {
            added += (await ApplyAsync(core, await ReadAsync(core.Kind, keyIds, cancellation), [], cancellation)).Added;
            _highest = keyIds[^1];
        }

        return added;
    }

    private async Task<long[]> ReadNewAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        return await db
            .Keys.Where(key => key.Id > _highest)
            .OrderBy(key => key.Id)
            .Select(key => key.Id)
            .Take(MostNewAtOnce)
            .ToArrayAsync(cancellation);
    }

    private async Task<(int Added, int Removed)> ApplyAsync(
        CoreClient core,
        IReadOnlyList<Wanted> wanted,
        IReadOnlyList<string> strangers,
        CancellationToken cancellation
    )
    {
        var toAdd = wanted.Where(key => key.IsActive && !Has(key.User, key.KeyId)).ToList();
        var toRemove = wanted.Where(key => !key.IsActive && !_absent.ContainsKey(key.KeyId)).ToList();
        var refusals = new ConcurrentBag<CoreException>();

        await EachAsync(strangers, email => core.RemoveUserAsync(email, cancellation));
        await EachAsync(toRemove, key => RemoveAsync(core, key, cancellation));
        await ConfirmAsync(
            [.. wanted.Where(key => key.IsDeleted && _absent.ContainsKey(key.KeyId)).Select(key => key.KeyId)],
            cancellation
        );
        await EachAsync(toAdd, key => AddAsync(core, key, cancellation));

        return refusals.TryPeek(out var first) ? throw first : (toAdd.Count, toRemove.Count + strangers.Count);

        // One user that the core refuses must not keep the others out.
        Task EachAsync<T>(IReadOnlyCollection<T> items, Func<T, Task> apply) =>
            Parallel.ForEachAsync(
                items,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
                async (item, _) =>
                {
                    try
                    {
                        await apply(item);
                    }
                    catch (CoreException refusal) when (!refusal.IsUnreachable && refusals.Count < MostRefusals)
                    {
                        refusals.Add(refusal);
                    }
                }
            );
    }

    private async Task AddAsync(CoreClient core, Wanted key, CancellationToken cancellation)
    {
        // The same user with another flow, from before a setting changed.
        if (_present.TryRemove(key.KeyId, out var other))
            await core.RemoveUserAsync(other.Email, cancellation);

        _absent.TryRemove(key.KeyId, out _);
        await core.AddUserAsync(key.User, cancellation);
        _present[key.KeyId] = key.User;
    }

    private async Task RemoveAsync(CoreClient core, Wanted key, CancellationToken cancellation)
    {
        _present.TryRemove(key.KeyId, out _);
        await core.RemoveUserAsync(key.User.Email, cancellation);
        _absent[key.KeyId] = true;
    }

    private bool Has(CoreUser user, long keyId) => _present.TryGetValue(keyId, out var present) && present == user;

    /// <summary>Believes what the core says of itself.</summary>
    /// <returns>The e-mails of users that are ours by their form, and that stand for a key beside another of the same.</returns>
    private List<string> TakeOver(IReadOnlyList<CoreUser> listed)
    {
        var strangers = new List<string>();
        Forget();

        foreach (var user in listed)
        {
            if (VpnKey.IdOf(user.Email) is { } keyId && !_present.TryAdd(keyId, user with { Uuid = user.Uuid.ToLowerInvariant() }))
                strangers.Add(user.Email);
        }

        return strangers;
    }

    private async Task ConfirmAsync(long[] keyIds, CancellationToken cancellation)
    {
        if (keyIds.Length == 0)
            return;

        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();

        await db
            .Removals.Where(row => row.Node == node.Name && keyIds.Contains(row.KeyId))
            .ExecuteUpdateAsync(change => change.SetProperty(row => row.ConfirmedAt, now), cancellation);
    }

    /// <summary>What should be, as it stands in the rows at this moment: keys, deleted keys, and users of the core that no row knows.</summary>
    private async Task<List<Wanted>> ReadAsync(CoreKind kind, IReadOnlyCollection<long>? keyIds, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var flow = Flows.ForCore(node.Flow, kind);
        var now = time.GetUtcNow();

        var keys = await db
            .Keys.AsNoTracking()
            .Where(key => keyIds == null || keyIds.Contains(key.Id))
            .Select(key => new
            {
                key.Id,
                key.Uuid,
                key.PausedAt,
                key.ExpiresAt,
                key.DataLimit,
                Used = key.Traffic.Upload + key.Traffic.Download,
                key.Traffic.BlockedUntil,
            })
            .ToListAsync(cancellation);

        var wanted = keys.ConvertAll(key => new Wanted(
            key.Id,
            new CoreUser(VpnKey.EmailOf(key.Id, key.Uuid), key.Uuid, flow),
            KeyStates.Of(key.PausedAt, key.ExpiresAt, key.DataLimit, key.Used, key.BlockedUntil, now) == KeyState.Active,
            IsDeleted: false
        ));

        wanted.AddRange(
            await db
                .Removals.AsNoTracking()
                .Where(row => row.Node == node.Name && (keyIds == null ? row.ConfirmedAt == null : keyIds.Contains(row.KeyId)))
                .Select(row => new Wanted(row.KeyId, new CoreUser(row.Email, "", ""), false, true))
                .ToListAsync(cancellation)
        );

        if (keyIds is null)
        {
            _highest = keys.Count == 0 ? 0 : keys.Max(key => key.Id);
            var known = wanted.Select(key => key.KeyId).ToHashSet();
            wanted.AddRange(
                _present.Where(pair => !known.Contains(pair.Key)).Select(pair => new Wanted(pair.Key, pair.Value, false, IsDeleted: true))
            );
        }

        return wanted;
    }

    private sealed record Wanted(long KeyId, CoreUser User, bool IsActive, bool IsDeleted);
}
