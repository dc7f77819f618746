using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Latchkey.Generation.Tests.Emulators;

/// <summary>What a project signs its users' tokens with, old way and new way, and what others sign theirs with.</summary>
internal sealed class SupabaseTokens(TimeProvider time)
{
    public const string Secret = "emulated-jwt-secret-0123456789abcdef";

    private RsaSecurityKey _rsa = NewRsa();
    private ECDsaSecurityKey _ec = NewEc();

    public string Jwks =>
        JsonSerializer.Serialize(
            new
            {
                keys = new object[]
                {
                    Public(JsonWebKeyConverter.ConvertFromRSASecurityKey(_rsa), "RS256"),
                    Public(JsonWebKeyConverter.ConvertFromECDsaSecurityKey(_ec), "ES256"),
                    // A shared secret has no place among public keys; whoever believes it can be told anything.
                    new
                    {
                        kty = "oct",
                        kid = "shared",
                        alg = "HS256",
                        k = Base64UrlEncoder.Encode("a-secret-that-everybody-can-read-here"),
                    },
                },
            }
        );

    /// <summary>Whose each token is that the project gave out.</summary>
    public ConcurrentDictionary<string, Guid> Issued { get; } = new(StringComparer.Ordinal);

    /// <summary>The next tokens are signed with other keys.</summary>
    public void Rotate() => (_rsa, _ec) = (NewRsa(), NewEc());

    /// <param name="algorithm">HS256, RS256 or ES256.</param>
    public string Of(Guid user, string issuer, string algorithm = "ES256", Action<SecurityTokenDescriptor>? change = null)
    {
        var token = Sign(
            Describe(user, issuer, change),
            algorithm switch
            {
                "HS256" => Shared(Secret),
                "RS256" => new SigningCredentials(_rsa, SecurityAlgorithms.RsaSha256),
                _ => new SigningCredentials(_ec, SecurityAlgorithms.EcdsaSha256),
            }
        );
        Issued[token] = user;

        return token;
    }

    /// <summary>Signed by somebody else, who says to have the project's key.</summary>
    public string Forged(Guid user, string issuer)
    {
        var key = NewEc();
        key.KeyId = _ec.KeyId;
        return Sign(Describe(user, issuer, null), new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256));
    }

    /// <summary>HS256 with what everybody can read: the public key.</summary>
    public string Confused(Guid user, string issuer)
    {
        var secret = _rsa.Rsa.ExportSubjectPublicKeyInfoPem();
        var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)) { KeyId = _rsa.KeyId };
        return Sign(Describe(user, issuer, null), new SigningCredentials(key, SecurityAlgorithms.HmacSha256));
    }

    public string WithSecret(Guid user, string issuer, string secret, string? keyId = null) =>
        Sign(Describe(user, issuer, null), Shared(secret, keyId));

    public string WithUnknownKey(Guid user, string issuer) =>
        Sign(Describe(user, issuer, null), new SigningCredentials(NewEc(), SecurityAlgorithms.EcdsaSha256));

    public string Unsigned(Guid user, string issuer)
    {
        var parts = Of(user, issuer).Split('.');
        return $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}.";
    }

    private SecurityTokenDescriptor Describe(Guid user, string issuer, Action<SecurityTokenDescriptor>? change)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = "authenticated",
            IssuedAt = now,
            Expires = now.AddHours(1),
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["sub"] = user.ToString(),
                ["role"] = "authenticated",
                ["email"] = "fox@example.com",
                ["is_anonymous"] = false,
            },
        };
        change?.Invoke(descriptor);

        return descriptor;
    }

    private static string Sign(SecurityTokenDescriptor descriptor, SigningCredentials credentials)
    {
        descriptor.SigningCredentials = credentials;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }

    private static SigningCredentials Shared(string secret, string? keyId = null) =>
        new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)) { KeyId = keyId }, SecurityAlgorithms.HmacSha256);

    private static object Public(JsonWebKey key, string algorithm) =>
        new
        {
            kty = key.Kty,
            kid = key.Kid,
            alg = algorithm,
            use = "sig",
            n = key.N,
            e = key.E,
            crv = key.Crv,
            x = key.X,
            y = key.Y,
        };

    private static RsaSecurityKey NewRsa() => new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString() };

    private static ECDsaSecurityKey NewEc() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = Guid.NewGuid().ToString() };
}
