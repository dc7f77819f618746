using Latchkey.Platform.Webhooks;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Nodes;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Events;

/// <summary>
/// Where the cores tell who is connected from where: a key that more addresses use than it may gets no new connections for a while. What is
/// open goes on: a core cuts nothing.
/// </summary>
internal sealed class DeviceLimits(VpnDb db, VpnCores cores, KeyEvents events, IWebhookSender webhooks, TimeProvider time)
{
    private static readonly TimeSpan Block = TimeSpan.FromMinutes(5);

    public async Task EnforceAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var bound = await db
            .Keys.Where(key => key.DeviceLimit != null)
            .Where(KeyStates.Is(KeyState.Active, now))
            .Select(key => new { key.Id, key.Uuid })
            .ToListAsync(cancellation);

        if (
            bound.Count == 0
            || await cores.ListOnlineAsync([.. bound.Select(key => VpnKey.EmailOf(key.Id, key.Uuid))])
                is not { Keys: { Count: > 0 } online }
        )
            return;

        var devices = online.ToDictionary(key => key.KeyId, key => key.Addresses.Length);
        var ids = devices.Keys.ToList();

        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var limited = await db
            .Keys.Include(key => key.Traffic)
            .Where(key => key.DeviceLimit != null && ids.Contains(key.Id))
            .ToListAsync(cancellation);
        var over = limited.FindAll(key => devices[key.Id] > key.DeviceLimit && key.State(now) == KeyState.Active);
        var messages = new List<OutboxMessage>();

        foreach (var key in over)
        {
            key.Traffic.Block(now + Block);
            messages.AddRange(events.Enqueue(db, KeyEvents.TooManyDevices, key));
        }

        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        webhooks.Wake(messages);
        await cores.ApplyAsync([.. over.Select(key => key.Id)]);
    }
}
