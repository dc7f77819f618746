using Latchkey.Platform.Data;
using Latchkey.Platform.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Latchkey.Platform.Access;

/// <summary>
/// Sees to it at start that there is a way in: the key of LATCHKEY_API_KEY, or one made here when no admin key is alive.
/// </summary>
public sealed partial class FirstKey : IHostedService
{
    private const string NameFromSetting = "LATCHKEY_API_KEY";
    private const string NameOfMade = "First admin key";

    private readonly IDbContextFactory<PlatformDb> _databases;
    private readonly ApiKeys _keys;
    private readonly ApiKeyDirectory _directory;
    private readonly LatchkeySettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<FirstKey> _logger;

    private string? _made;

    internal FirstKey(
        IDbContextFactory<PlatformDb> databases,
        ApiKeys keys,
        ApiKeyDirectory directory,
        LatchkeySettings settings,
        TimeProvider time,
        ILogger<FirstKey> logger
    )
    {
        _databases = databases;
        _keys = keys;
        _directory = directory;
        _settings = settings;
        _time = time;
        _logger = logger;
    }

    /// <summary>The secret of the key that this start made, to be printed once; <c>null</c> when none was made, or it was taken already.</summary>
    public string? TakeMadeSecret() => Interlocked.Exchange(ref _made, null);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        var now = _time.GetUtcNow();

        if (await KeepToSettingAsync(db, now, cancellationToken))
            return;

        var admins = await db
            .ApiKeys.AsNoTracking()
            .Where(key => (key.Scopes & KeyScopes.Admin) != KeyScopes.None)
            .ToListAsync(cancellationToken);

        if (admins.Exists(key => key.IsAlive(now)))
            return;

        var issued = await _keys.CreateAsync(new NewKey(NameOfMade, KeyScopes.Admin, KeyEnvironment.Production), cancellationToken);
        _made = issued.Secret;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <returns>Whether the setting gives a key that works.</returns>
    private async Task<bool> KeepToSettingAsync(PlatformDb db, DateTimeOffset now, CancellationToken cancellation)
    {
        var secret = _settings[PlatformSettings.ApiKey] is { Length: > 0 } value ? value : null;
        var hash = secret is null ? "" : SecretHash.Of(secret);

        // The setting's earlier values stop working with its change. Revoked ones stay, so that they stay revoked.
        await db.ApiKeys.Where(key => key.FromSetting && key.RevokedAt == null && key.SecretHash != hash).ExecuteDeleteAsync(cancellation);
        _directory.Forget();

        if (secret is null)
            return false;

        var known = await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(key => key.SecretHash == hash, cancellation);

        if (known is not null)
        {
            if (!known.IsAlive(now))
                Log.SettingHoldsDeadKey(_logger);

            return known.IsAlive(now) && known.Scopes.HasFlag(KeyScopes.Admin);
        }

        var request = new NewKey(NameFromSetting, KeyScopes.Admin, KeyEnvironment.Production);
        db.ApiKeys.Add(ApiKey.Issue(secret, request, now, fromSetting: true));
        await db.SaveChangesAsync(cancellation);

        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "LATCHKEY_API_KEY holds a key that was revoked or has expired: it stays so")]
        public static partial void SettingHoldsDeadKey(ILogger logger);
    }
}
