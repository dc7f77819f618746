using Latchkey.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Latchkey.Platform.Access;

/// <summary>
/// Short-lived access tokens (JWT, RS256) and single-use refresh tokens, both made of an API key and both dead with it.
/// </summary>
public sealed class AccessTokens
{
    /// <summary>How long an access token works.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private const string Issuer = "latchkey";
    private const string RefreshPrefix = "lkr_";
    private const int FamilyLength = 22;

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly IDbContextFactory<PlatformDb> _databases;
    private readonly SigningKeys _signingKeys;
    private readonly ApiKeyDirectory _directory;
    private readonly TimeProvider _time;

    internal AccessTokens(IDbContextFactory<PlatformDb> databases, SigningKeys signingKeys, ApiKeyDirectory directory, TimeProvider time)
    {
        _databases = databases;
        _signingKeys = signingKeys;
        _directory = directory;
        _time = time;
    }

    /// <summary>Signs a caller in: a new pair, the first of its family.</summary>
    public async Task<AccessTokenPair> IssueAsync(Caller caller, CancellationToken cancellation)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellation);
        var refreshToken = AddRefreshToken(db, Base62.Random(FamilyLength), caller.KeyId);
        await db.SaveChangesAsync(cancellation);

        return await PairAsync(caller, refreshToken, cancellation);
    }

    /// <summary>The caller of an access token, or <c>null</c> when the token is not ours, has expired, or its API key is no longer alive.</summary>
    public async ValueTask<Caller?> ValidateAsync(string jwt, CancellationToken cancellation)
    {
        if (await FindSignerAsync(jwt, cancellation) is not { } signer)
            return null;

        var result = await Handler.ValidateTokenAsync(
            jwt,
            new TokenValidationParameters
            {
                IssuerSigningKey = signer,
                ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
                ValidIssuer = Issuer,
                ValidAudience = Issuer,
                RequireSignedTokens = true,
                LifetimeValidator = (_, expires, _, _) => expires > _time.GetUtcNow().UtcDateTime,
            }
        );

        return result.IsValid && result.SecurityToken is JsonWebToken { Subject: { Length: > 0 } keyId }
            ? await _directory.FindByIdAsync(keyId, cancellation)
            : null;
    }

    /// <summary>
    /// A new pair for a refresh token, which is used up by that. <c>null</c> when it is unknown or expired, or was used before: then
    /// somebody has a copy, and its whole family ends.
    /// </summary>
    public async Task<AccessTokenPair?> RefreshAsync(string refreshToken, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        var hash = SecretHash.Of(refreshToken);

        await using var db = await _databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);

        var known = await db.RefreshTokens.AsNoTracking().FirstOrDefaultAsync(token => token.TokenHash == hash, cancellation);

        if (known is null || known.ExpiresAt <= now)
            return null;

        if (known.UsedAt is not null)
        {
            await db.RefreshTokens.Where(token => token.FamilyId == known.FamilyId).ExecuteDeleteAsync(cancellation);
            await transaction.CommitAsync(cancellation);

            return null;
        }

        if (await _directory.FindByIdAsync(known.KeyId, cancellation) is not { } caller)
            return null;

        await db
            .RefreshTokens.Where(token => token.Id == known.Id)
            .ExecuteUpdateAsync(row => row.SetProperty(token => token.UsedAt, now), cancellation);

        var next = AddRefreshToken(db, known.FamilyId, known.KeyId);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);

        return await PairAsync(caller, next, cancellation);
    }

    internal async Task DeleteExpiredAsync(CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();

        await using var db = await _databases.CreateDbContextAsync(cancellation);
        await db.RefreshTokens.Where(token => token.ExpiresAt <= now).ExecuteDeleteAsync(cancellation);
        await _signingKeys.DeleteExpiredAsync(cancellation);
    }

    private string AddRefreshToken(PlatformDb db, string familyId, string keyId)
    {
        var secret = RefreshPrefix + Base62.Random(Base62.SecretLength);
        db.RefreshTokens.Add(RefreshToken.Issue(secret, familyId, keyId, _time.GetUtcNow()));

        return secret;
    }

    private async Task<AccessTokenPair> PairAsync(Caller caller, string refreshToken, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var key = await _signingKeys.CurrentAsync(cancellation);

        var jwt = Handler.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Issuer,
                Audience = Issuer,
                IssuedAt = now,
                NotBefore = now,
                Expires = now + Lifetime,
                SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.RsaSha256),
                Claims = new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    [JwtRegisteredClaimNames.Sub] = caller.KeyId,
                    [JwtRegisteredClaimNames.Jti] = Base62.Random(FamilyLength),
                    ["scopes"] = ScopeNames(caller.Scopes),
                    ["env"] = caller.Environment == KeyEnvironment.Sandbox ? "sandbox" : "production",
                },
            }
        );

        return new AccessTokenPair(jwt, refreshToken, (int)Lifetime.TotalSeconds);
    }

    private async ValueTask<RsaSecurityKey?> FindSignerAsync(string jwt, CancellationToken cancellation)
    {
        if (!Handler.CanReadToken(jwt))
            return null;

        try
        {
            return await _signingKeys.FindAsync(Handler.ReadJsonWebToken(jwt).Kid, cancellation);
        }
        catch (ArgumentException)
        {
            // Three parts with dots between, but not a token.
            return null;
        }
    }

    private static string[] ScopeNames(KeyScopes scopes) =>
        [
            .. Enum.GetValues<KeyScopes>()
                .Where(scope => scope != KeyScopes.None && scopes.HasFlag(scope))
                .Select(scope => scope.ToString().ToLowerInvariant()),
        ];
}

/// <param name="ExpiresIn">Seconds.</param>
public sealed record AccessTokenPair(string AccessToken, string RefreshToken, int ExpiresIn);
