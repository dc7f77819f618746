using Latchkey.Platform.Webhooks;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Nodes;
using Latchkey.Vpn.Traffic;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Events;

/// <summary>
/// Notices what time and traffic have done to keys: the limit is near or reached, the key has expired, a block is over. The cores are told, and
/// so are the webhooks, once for each.
/// </summary>
internal sealed class KeyWatch(VpnDb db, VpnCores cores, KeyEvents events, IWebhookSender webhooks, TimeProvider time)
{
    private const int AtOnce = 500;

    // When a fifth of the limit is left: earlier than that it is no news, later it is too late to buy more.
    private const long NearPart = 5;

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (await NoteAsync(cancellation)) { }

        await UnblockAsync(cancellation);
    }

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> NoteAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();

        if (!await Changed(now).AnyAsync(cancellation))
            return false;

        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var keys = await Changed(now).OrderBy(key => key.Id).Take(AtOnce).Include(key => key.Traffic).ToListAsync(cancellation);
        var messages = new List<OutboxMessage>();

        foreach (var key in keys)
        {
            var notice = NoticeOf(key, now);

            if (EventOf(notice) is { } type)
                messages.AddRange(events.Enqueue(db, type, key));

            key.Traffic.Tell(notice);
        }

        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        db.ChangeTracker.Clear();

        webhooks.Wake(messages);
        await cores.ApplyAsync([.. keys.Select(key => key.Id)]);

        return keys.Count == AtOnce;
    }

    /// <summary>Keys of which something else has been told than what is so. The same rule as <see cref="NoticeOf"/>.</summary>
    private IQueryable<VpnKey> Changed(DateTimeOffset now) =>
        db.Keys.Where(key =>
            key.ExpiresAt <= now && key.Traffic.Notice != KeyNotice.Expired
            || (key.ExpiresAt == null || key.ExpiresAt > now)
                && (
                    key.Traffic.Notice == KeyNotice.Expired
                    || key.DataLimit == null && key.Traffic.Notice != KeyNotice.None
                    || key.DataLimit != null
                        && (
                            key.Traffic.Upload + key.Traffic.Download >= key.DataLimit ? key.Traffic.Notice != KeyNotice.LimitReached
                            : key.Traffic.Upload + key.Traffic.Download >= key.DataLimit - key.DataLimit / NearPart
                                ? key.Traffic.Notice != KeyNotice.LimitNear
                            : key.Traffic.Notice != KeyNotice.None
                        )
                )
        );

    private static KeyNotice NoticeOf(VpnKey key, DateTimeOffset now)
    {
        if (key.ExpiresAt <= now)
            return KeyNotice.Expired;
        if (key.Traffic.Total >= key.DataLimit)
            return KeyNotice.LimitReached;

        return key.DataLimit is { } limit && key.Traffic.Total >= limit - limit / NearPart ? KeyNotice.LimitNear : KeyNotice.None;
    }

    private static string? EventOf(KeyNotice notice) =>
        notice switch
        {
            KeyNotice.LimitNear => KeyEvents.LimitNear,
            KeyNotice.LimitReached => KeyEvents.LimitReached,
            KeyNotice.Expired => KeyEvents.Expired,
            _ => null,
        };

    private async Task UnblockAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var over = await db.Traffic.Where(row => row.BlockedUntil <= now).Select(row => row.KeyId).ToArrayAsync(cancellation);

        if (over.Length == 0)
            return;

        await db
            .Traffic.Where(row => row.BlockedUntil <= now)
            .ExecuteUpdateAsync(change => change.SetProperty(row => row.BlockedUntil, (DateTimeOffset?)null), cancellation);
        await cores.ApplyAsync(over);
    }
}
