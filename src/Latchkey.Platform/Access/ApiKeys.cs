using Latchkey.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Platform.Access;

/// <summary>Makes, lists and revokes API keys; for the command line, which may work beside a running server, and for the console.</summary>
public sealed class ApiKeys
{
    private const string LivePrefix = "lk_live_";
    private const string TestPrefix = "lk_test_";

    private readonly IDbContextFactory<PlatformDb> _databases;
    private readonly ApiKeyDirectory _directory;
    private readonly TimeProvider _time;

    internal ApiKeys(IDbContextFactory<PlatformDb> databases, ApiKeyDirectory directory, TimeProvider time)
    {
        _databases = databases;
        _directory = directory;
        _time = time;
    }

    /// <summary>Makes a key. The secret is in the result and nowhere else, ever again.</summary>
    public async Task<IssuedKey> CreateAsync(NewKey request, CancellationToken cancellation)
    {
        var secret = (request.Environment == KeyEnvironment.Sandbox ? TestPrefix : LivePrefix) + Base62.Random(Base62.SecretLength);
        var key = ApiKey.Issue(secret, request, _time.GetUtcNow());

        await using var db = await _databases.CreateDbContextAsync(cancellation);
        db.ApiKeys.Add(key);
        await db.SaveChangesAsync(cancellation);

        return new IssuedKey(KeySummary.From(key), secret);
    }

    /// <summary>All keys, oldest first, revoked and expired ones too.</summary>
    public async Task<IReadOnlyList<KeySummary>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellation);
        var keys = await db.ApiKeys.AsNoTracking().OrderBy(key => key.CreatedAt).ThenBy(key => key.Id).ToListAsync(cancellation);

        return [.. keys.Select(KeySummary.From)];
    }

    /// <summary>
    /// Ends a key, with all access and refresh tokens that came of it: on this node at once, on others within 30 seconds.
    /// </summary>
    /// <returns>The key as it is now, or <c>null</c> when there is none with this id.</returns>
    public async Task<KeySummary?> RevokeAsync(string keyId, CancellationToken cancellation)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellation);

        if (await db.ApiKeys.FindAsync([keyId], cancellation) is not { } key)
            return null;

        key.Revoke(_time.GetUtcNow());
        await db.SaveChangesAsync(cancellation);
        _directory.Forget();

        return KeySummary.From(key);
    }
}

/// <summary>What is asked for when a key is made.</summary>
/// <param name="Name">For people; it need not be unique.</param>
public sealed record NewKey(string Name, KeyScopes Scopes, KeyEnvironment Environment, DateTimeOffset? ExpiresAt = null);

/// <param name="Secret">Shown once: only its hash is stored.</param>
public sealed record IssuedKey(KeySummary Key, string Secret);

/// <summary>A key as people see it.</summary>
/// <param name="Ending">The last four characters of the secret.</param>
/// <param name="FromSetting">It is the value of LATCHKEY_API_KEY.</param>
/// <param name="LastUsedAt">Exact to about a minute.</param>
public sealed record KeySummary(
    string Id,
    string Name,
    string Ending,
    KeyScopes Scopes,
    KeyEnvironment Environment,
    bool FromSetting,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt,
    DateTimeOffset? LastUsedAt
)
{
    public bool IsAlive(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || ExpiresAt > now);

    internal static KeySummary From(ApiKey key) =>
        new(
            key.Id,
            key.Name,
            key.Ending,
            key.Scopes,
            key.Environment,
            key.FromSetting,
            key.CreatedAt,
            key.ExpiresAt,
            key.RevokedAt,
            key.LastUsedAt
        );
}
