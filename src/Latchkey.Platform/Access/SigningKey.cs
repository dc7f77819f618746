using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Latchkey.Platform.Access;

/// <summary>
/// A row of <c>platform_signing_keys</c>: an RSA key that signs access tokens. The private half is stored as it is; the database file's
/// mode (0600) protects it.
/// </summary>
internal sealed class SigningKey
{
    private const int Bits = 2048;
    private const int IdLength = 16;

    private SigningKey() { }

    /// <summary>The <c>kid</c> of the tokens it signed.</summary>
    public string Id { get; private set; } = "";

    /// <summary>PKCS #8.</summary>
    public byte[] PrivateKey { get; private set; } = [];

    public DateTimeOffset CreatedAt { get; private set; }

    public static SigningKey Make(DateTimeOffset now)
    {
        using var rsa = RSA.Create(Bits);

        return new SigningKey
        {
            Id = Base62.Random(IdLength),
            PrivateKey = rsa.ExportPkcs8PrivateKey(),
            CreatedAt = now,
        };
    }

    public RsaSecurityKey Open()
    {
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(PrivateKey, out _);

        return new RsaSecurityKey(rsa) { KeyId = Id };
    }
}
