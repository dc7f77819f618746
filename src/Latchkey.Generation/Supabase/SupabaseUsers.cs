using System.Text;
using Latchkey.Platform.Settings;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Latchkey.Generation.Supabase;

internal enum TokenVerdict
{
    Good,
    Bad,

    /// <summary>The project could not be asked who signed it.</summary>
    Unknown,
}

/// <summary>
/// Checks the access tokens of the project's users (https://supabase.com/docs/guides/auth/jwts): signed by the project, for
/// <c>authenticated</c>, not expired. The project's own keys for apps are tokens too, and belong to nobody.
/// </summary>
internal sealed class SupabaseUsers(SupabaseProject project, SupabaseKeys keys, LatchkeySettings settings, TimeProvider time)
{
    private const string Audience = "authenticated";
    private const string EllipticCurve = "P-256";

    /// <summary>How far the project's clock may be ahead of ours.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private static readonly JsonWebTokenHandler Handler = new();

    private readonly string _issuer = settings[SupabaseSettings.JwtIssuer] ?? $"{project.Address}/auth/v1";
    private readonly SymmetricSecurityKey? _secret = settings[SupabaseSettings.JwtSecret] is { } secret
        ? new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret))
        : null;

    /// <returns>What the token is worth and, when it is good, the user's id: a UUID in lower case.</returns>
    public async ValueTask<(TokenVerdict Verdict, string? UserId)> CheckAsync(string token, CancellationToken cancellation)
    {
        if (project.Address is null || Read(token) is not { } jwt)
            return (TokenVerdict.Bad, null);

        var (signer, isCertain) = await SignerAsync(jwt, cancellation);

        if (signer is null)
            return (isCertain ? TokenVerdict.Bad : TokenVerdict.Unknown, null);

        var result = await Handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                IssuerSigningKey = signer,
                // By which the kind of key was chosen: a public key never serves as a shared secret.
                ValidAlgorithms = [jwt.Alg],
                ValidIssuer = _issuer,
                ValidAudience = Audience,
                RequireSignedTokens = true,
                RequireExpirationTime = true,
                LifetimeValidator = (notBefore, expires, _, _) => IsNow(notBefore, expires),
            }
        );

        return result.IsValid && Guid.TryParseExact(jwt.Subject, "D", out var userId)
            ? (TokenVerdict.Good, userId.ToString())
            : (TokenVerdict.Bad, null);
    }

    private static JsonWebToken? Read(string token)
    {
        if (!Handler.CanReadToken(token))
            return null;

        try
        {
            return Handler.ReadJsonWebToken(token);
        }
        catch (ArgumentException)
        {
            // Three parts with dots between, but not a token.
            return null;
        }
    }

    private async ValueTask<(SecurityKey? Key, bool IsCertain)> SignerAsync(JsonWebToken jwt, CancellationToken cancellation)
    {
        switch (jwt.Alg)
        {
            case SecurityAlgorithms.HmacSha256:
                return (_secret, true);

            case SecurityAlgorithms.RsaSha256
            or SecurityAlgorithms.EcdsaSha256 when jwt.Kid is { Length: > 0 } id:
                var (key, isCertain) = await keys.FindAsync(id, cancellation);
                return (key is not null && Fits(key, jwt.Alg) ? key : null, isCertain);

            default:
                return (null, true);
        }
    }

    private static bool Fits(JsonWebKey key, string algorithm) =>
        algorithm == SecurityAlgorithms.RsaSha256
            ? key.Kty == JsonWebAlgorithmsKeyTypes.RSA
            : key is { Kty: JsonWebAlgorithmsKeyTypes.EllipticCurve, Crv: EllipticCurve };

    private bool IsNow(DateTime? notBefore, DateTime? expires)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return expires > now && !(notBefore > now + Skew);
    }
}
