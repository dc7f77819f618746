using Latchkey.Vpn.Data;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Nodes;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Traffic;

/// <summary>Sets traffic to zero. The cores count on; what they have counted so far is remembered as seen, and does not come back.</summary>
internal sealed class TrafficReset(VpnDb db, VpnCores cores, TimeProvider time)
{
    private const int AtOnce = 500;

    /// <returns>What was there before, or <c>null</c> when there is no such key.</returns>
    public async Task<(long Upload, long Download)?> ResetAsync(long keyId, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);

        if (await db.Traffic.FirstOrDefaultAsync(row => row.KeyId == keyId, cancellation) is not { } traffic)
            return null;

        var previous = (traffic.Upload, traffic.Download);
        traffic.Reset(time.GetUtcNow());
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        await cores.ApplyAsync(keyId);

        return previous;
    }

    /// <summary>The keys whose period has ended.</summary>
    public async Task ResetDueAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            var now = time.GetUtcNow();
            var due = await db
                .Keys.Include(key => key.Traffic)
                .Where(key => key.Traffic.NextResetAt <= now)
                .OrderBy(key => key.Traffic.NextResetAt)
                .Take(AtOnce)
                .ToListAsync(cancellation);

            if (due.Count == 0)
                return;

            foreach (var key in due)
                key.Traffic.ResetPeriodically(key.ResetPeriod, now);

            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
            db.ChangeTracker.Clear();
            await cores.ApplyAsync([.. due.Select(key => key.Id)]);
        }
    }
}
