using Latchkey.Platform.Webhooks;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Events;
using Latchkey.Vpn.Nodes;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Keys;

/// <summary>Deletes keys, their traffic with them, and remembers them for each core until that has let them go.</summary>
internal sealed class KeyDeletion(VpnDb db, VpnNodes nodes, VpnCores cores, KeyEvents events, IWebhookSender webhooks, TimeProvider time)
{
    private const int AtOnce = 500;

    /// <returns>Its number, or <c>null</c> when there is no such key.</returns>
    public async Task<long?> DeleteAsync(KeyReference reference, CancellationToken cancellation)
    {
        var deleted = await DeleteAsync(
            await db.Keys.Include(key => key.Traffic).Where(reference.Matches()).ToListAsync(cancellation),
            cancellation
        );

        return deleted.Count == 0 ? null : deleted[0];
    }

    /// <returns>The numbers of those that were there.</returns>
    public async Task<IReadOnlyList<long>> DeleteAsync(IReadOnlyCollection<long> keyIds, CancellationToken cancellation)
    {
        var deleted = new List<long>();

        foreach (var part in keyIds.Distinct().Chunk(AtOnce))
        {
            var keys = await db.Keys.Include(key => key.Traffic).Where(key => part.Contains(key.Id)).ToListAsync(cancellation);
            deleted.AddRange(await DeleteAsync(keys, cancellation));
        }

        return deleted;
    }

    private async Task<IReadOnlyList<long>> DeleteAsync(List<VpnKey> keys, CancellationToken cancellation)
    {
        if (keys.Count == 0)
            return [];

        var now = time.GetUtcNow();
        var messages = new List<OutboxMessage>();

        foreach (var key in keys)
        {
            db.Keys.Remove(key);
            db.Removals.AddRange(nodes.All.Select(node => KeyRemoval.Of(key, node.Name, now)));
            messages.AddRange(events.Enqueue(db, KeyEvents.Deleted, key));
        }

        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Changed or deleted by somebody else at this moment: again, with what is there now.
            var ids = keys.ConvertAll(key => key.Id);
            db.ChangeTracker.Clear();

            return await DeleteAsync(
                await db.Keys.Include(key => key.Traffic).Where(key => ids.Contains(key.Id)).ToListAsync(cancellation),
                cancellation
            );
        }

        webhooks.Wake(messages);
        var deleted = keys.ConvertAll(key => key.Id);
        await cores.ApplyAsync([.. deleted]);

        return deleted;
    }
}
