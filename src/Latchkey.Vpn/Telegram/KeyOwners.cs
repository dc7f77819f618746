using Latchkey.Vpn.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Telegram;

/// <summary>Remembers who made which key. Numbers of keys are never given out twice, so that what is left of a deleted key harms nobody.</summary>
internal sealed class KeyOwners(IDbContextFactory<VpnDb> databases, TimeProvider time)
{
    /// <returns>The user's keys, the oldest first.</returns>
    public async Task<IReadOnlyList<TelegramKey>> ListAsync(long userId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        return await db.TelegramKeys.AsNoTracking().Where(key => key.UserId == userId).OrderBy(key => key.KeyId).ToListAsync(cancellation);
    }

    public async Task AddAsync(long keyId, long userId, long updateId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        if (await db.TelegramKeys.AnyAsync(key => key.KeyId == keyId, cancellation))
            return;

        db.TelegramKeys.Add(TelegramKey.Of(keyId, userId, updateId, time.GetUtcNow()));
        await db.SaveChangesAsync(cancellation);
    }

    public async Task RemoveAsync(long keyId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        await db.TelegramKeys.Where(key => key.KeyId == keyId).ExecuteDeleteAsync(cancellation);
    }
}
