using Latchkey.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;

namespace Latchkey.Platform.Access;

/// <summary>The keys that sign access tokens: a new one every 30 days, the old ones honoured until the last token they signed has expired.</summary>
internal sealed class SigningKeys(IDbContextFactory<PlatformDb> databases, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Signs = TimeSpan.FromDays(30);

    // Another node may go on signing for as long as it has not looked again, hence more than a token's life.
    private static readonly TimeSpan Honoured = Signs + AccessTokens.Lifetime + TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BetweenSearches = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _loading = new(1, 1);
    private Ring _ring = new([], DateTimeOffset.MinValue);

    /// <summary>The key that signs now; made when there is none or it is due.</summary>
    public async ValueTask<RsaSecurityKey> CurrentAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var known = Volatile.Read(ref _ring);

        if (known.Keys is [var newest, ..] && newest.CreatedAt + Signs > now && known.ReadAt + Remembered > now)
            return newest.Key;

        return (await LoadAsync(make: true, cancellation)).Keys[0].Key;
    }

    /// <summary>The key with this id if its tokens still count.</summary>
    public async ValueTask<RsaSecurityKey?> FindAsync(string id, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var known = Volatile.Read(ref _ring);

        // Another node may have made it a moment ago; but made-up ids must not cost a query each.
        if (!known.Keys.Any(key => key.Key.KeyId == id) && known.ReadAt + BetweenSearches <= now)
            known = await LoadAsync(make: false, cancellation);

        return known.Keys.FirstOrDefault(key => key.Key.KeyId == id && key.CreatedAt + Honoured > now)?.Key;
    }

    /// <summary>All keys whose tokens still count, newest first; there is at least one.</summary>
    public async ValueTask<IReadOnlyList<RsaSecurityKey>> HonouredAsync(CancellationToken cancellation)
    {
        await CurrentAsync(cancellation);
        var now = time.GetUtcNow();

        return [.. Volatile.Read(ref _ring).Keys.Where(key => key.CreatedAt + Honoured > now).Select(key => key.Key)];
    }

    public async Task DeleteExpiredAsync(CancellationToken cancellation)
    {
        var last = time.GetUtcNow() - Honoured;
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db.SigningKeys.Where(key => key.CreatedAt < last).ExecuteDeleteAsync(cancellation);
    }

    public void Dispose() => _loading.Dispose();

    private async Task<Ring> LoadAsync(bool make, CancellationToken cancellation)
    {
        await _loading.WaitAsync(cancellation);

        try
        {
            var now = time.GetUtcNow();
            var oldest = now - Honoured;

            await using var db = await databases.CreateDbContextAsync(cancellation);
            var rows = await db.SigningKeys.Where(key => key.CreatedAt >= oldest).ToListAsync(cancellation);

            if (make && !rows.Exists(key => key.CreatedAt + Signs > now))
            {
                var key = SigningKey.Make(now);
                db.SigningKeys.Add(key);
                await db.SaveChangesAsync(cancellation);
                rows.Add(key);
            }

            // Opened keys are kept: callers may be signing with them.
            var opened = Volatile.Read(ref _ring).Keys.ToDictionary(key => key.Key.KeyId, StringComparer.Ordinal);
            var keys = rows.OrderByDescending(key => key.CreatedAt)
                .Select(row => opened.GetValueOrDefault(row.Id) ?? new OpenKey(row.Open(), row.CreatedAt));

            var loaded = new Ring([.. keys], now);
            Volatile.Write(ref _ring, loaded);

            return loaded;
        }
        finally
        {
            _loading.Release();
        }
    }

    private sealed record OpenKey(RsaSecurityKey Key, DateTimeOffset CreatedAt);

    private sealed record Ring(IReadOnlyList<OpenKey> Keys, DateTimeOffset ReadAt);
}
