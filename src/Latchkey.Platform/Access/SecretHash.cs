using System.Security.Cryptography;
using System.Text;

namespace Latchkey.Platform.Access;

/// <summary>Secrets here are random and long, so one round of SHA-256 hides them: there is nothing to guess.</summary>
internal static class SecretHash
{
    public static string Of(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    public static bool AreEqual(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(one), Encoding.ASCII.GetBytes(other));
}
