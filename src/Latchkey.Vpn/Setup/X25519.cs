using System.Numerics;
using System.Security.Cryptography;

namespace Latchkey.Vpn.Setup;

/// <summary>
/// The public key of a REALITY key pair (RFC 7748). .NET 10 has no X25519, and a package of native code for every system would be much for
/// what one command does once. It takes no care to take the same time for every key: only the operator's own machine runs it, on a key that
/// it has just made or read, and nobody sends it anything.
/// </summary>
internal static class X25519
{
    public const int KeyLength = 32;

    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger BasePoint = 9;

    // (486662 - 2) / 4, of the curve's equation.
    private static readonly BigInteger A24 = 121665;

    public static byte[] NewPrivateKey()
    {
        var key = RandomNumberGenerator.GetBytes(KeyLength);
        Clamp(key);

        return key;
    }

    public static byte[] PublicKeyOf(ReadOnlySpan<byte> privateKey) => Multiply(privateKey, BasePoint);

    /// <summary>Section 5: the Montgomery ladder.</summary>
    private static byte[] Multiply(ReadOnlySpan<byte> privateKey, BigInteger u)
    {
        var bytes = privateKey.ToArray();
        Clamp(bytes);

        var scalar = new BigInteger(bytes, isUnsigned: true);
        var (x2, z2, x3, z3) = (BigInteger.One, BigInteger.Zero, u, BigInteger.One);

        for (var bit = 254; bit >= 0; bit--)
        {
            var isSet = !(scalar >> bit).IsEven;

            if (isSet)
                (x2, z2, x3, z3) = (x3, z3, x2, z2);

            (x2, z2, x3, z3) = Step(u, x2, z2, x3, z3);

            if (isSet)
                (x2, z2, x3, z3) = (x3, z3, x2, z2);
        }

        var result = Mod(x2 * BigInteger.ModPow(z2, Prime - 2, Prime)).ToByteArray(isUnsigned: true);
        Array.Resize(ref result, KeyLength);

        return result;
    }

    private static (BigInteger X2, BigInteger Z2, BigInteger X3, BigInteger Z3) Step(
        BigInteger u,
        BigInteger x2,
        BigInteger z2,
        BigInteger x3,
        BigInteger z3
    )
    {
        var (a, b) = (Mod(x2 + z2), Mod(x2 - z2));
        var (aa, bb) = (Mod(a * a), Mod(b * b));
        var e = Mod(aa - bb);
        var (da, cb) = (Mod((x3 - z3) * a), Mod((x3 + z3) * b));
        var (sum, difference) = (da + cb, da - cb);

        return (Mod(aa * bb), Mod(e * (aa + A24 * e)), Mod(sum * sum), Mod(u * difference * difference));
    }

    private static BigInteger Mod(BigInteger value)
    {
        var rest = value % Prime;

        return rest.Sign < 0 ? rest + Prime : rest;
    }

    private static void Clamp(byte[] key)
    {
        key[0] &= 248;
        key[31] &= 127;
        key[31] |= 64;
    }
}
