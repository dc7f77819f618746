using System.Security.Cryptography;

namespace Latchkey.Platform.Access;

internal static class Base62
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>43 digits carry 256 bits.</summary>
    public const int SecretLength = 43;

    public static string Random(int length) => RandomNumberGenerator.GetString(Digits, length);
}
