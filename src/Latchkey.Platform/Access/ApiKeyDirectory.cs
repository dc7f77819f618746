using System.Collections.Concurrent;
using Latchkey.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Platform.Access;

/// <summary>
/// Answers who a key belongs to, on every request, so from memory. What it remembers is at most 20 seconds old; a key revoked through this
/// process is forgotten at once. Unknown secrets are not remembered: guesses cost the guesser a query, not us memory.
/// </summary>
public sealed class ApiKeyDirectory
{
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(20);

    private static readonly Func<PlatformDb, string, Task<ApiKey?>> ByHash = EF.CompileAsyncQuery(
        (PlatformDb db, string hash) => db.ApiKeys.AsNoTracking().FirstOrDefault(key => key.SecretHash == hash)
    );

    private static readonly Func<PlatformDb, string, Task<ApiKey?>> ById = EF.CompileAsyncQuery(
        (PlatformDb db, string id) => db.ApiKeys.AsNoTracking().FirstOrDefault(key => key.Id == id)
    );

    private readonly IDbContextFactory<PlatformDb> _databases;
    private readonly KeyUses _uses;
    private readonly TimeProvider _time;

    // By the secret's hash and by the key's id. Replaced as a whole to forget, so that a lookup under way at that moment, which may
    // have read the row before the revoke, puts its answer into a dictionary that nobody reads any more.
    private ConcurrentDictionary<string, Entry> _remembered = new(StringComparer.Ordinal);

    internal ApiKeyDirectory(IDbContextFactory<PlatformDb> databases, KeyUses uses, TimeProvider time)
    {
        _databases = databases;
        _uses = uses;
        _time = time;
    }

    /// <summary>The caller that presents this API key, or <c>null</c> when it is unknown, revoked or expired.</summary>
    public async ValueTask<Caller?> AuthenticateAsync(string secret, CancellationToken cancellation)
    {
        var hash = SecretHash.Of(secret);
        var caller = await FindAsync(hash, ByHash, cancellation);

        if (caller is not null)
            _uses.Note(caller.KeyId, _time.GetUtcNow());

        return caller;
    }

    /// <summary>The caller with this key id, or <c>null</c> when the key is revoked, expired or unknown.</summary>
    public ValueTask<Caller?> FindByIdAsync(string keyId, CancellationToken cancellation) => FindAsync(keyId, ById, cancellation);

    /// <summary>Reads everything afresh from the database from now on.</summary>
    internal void Forget() => Volatile.Write(ref _remembered, new(StringComparer.Ordinal));

    private async ValueTask<Caller?> FindAsync(string name, Func<PlatformDb, string, Task<ApiKey?>> query, CancellationToken cancellation)
    {
        var memory = Volatile.Read(ref _remembered);
        var now = _time.GetUtcNow();

        if (memory.TryGetValue(name, out var entry) && entry.Until > now)
            return entry.Caller;

        ApiKey? key;
        await using (var db = await _databases.CreateDbContextAsync(cancellation))
            key = await query(db, name);

        if (key is null || !key.IsAlive(now) || !(SecretHash.AreEqual(key.SecretHash, name) || key.Id == name))
        {
            memory.TryRemove(name, out _);
            return null;
        }

        if (memory.Count >= MostRemembered)
            memory.Clear();

        var until = now + Remembered;
        var caller = new Caller(key.Id, key.Scopes, key.Environment);
        memory[name] = new Entry(caller, key.ExpiresAt < until ? key.ExpiresAt.Value : until);

        return caller;
    }

    private sealed record Entry(Caller Caller, DateTimeOffset Until);
}
