using System.Security.Cryptography;
using System.Text;
using Latchkey.Platform.Settings;
using Latchkey.Platform.Web;
using Latchkey.Vpn.Keys;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Vpn.Subscriptions;

/// <summary>
/// The address of a key's subscription. Its token is the key's number and a code that only this server can make, so that none is stored;
/// it holds until the key is deleted or its address is made anew.
/// </summary>
internal sealed class SubscriptionAddress(PublicUrl publicUrl, LatchkeySettings settings)
{
    public const string Path = "/sub";

    private const int CodeBytes = 18;

    // A key of its own, so that a token tells nothing about the secret.
    private readonly byte[] _key = HMACSHA256.HashData(
        Encoding.UTF8.GetBytes(settings[VpnSettings.ApiSecretKey]!),
        "latchkey subscription tokens"u8.ToArray()
    );

    public string Of(VpnKey key, HttpRequest request) => $"{publicUrl.BaseFor(request)}{Path}/{TokenOf(key)}";

    public string TokenOf(VpnKey key) => $"{key.Id}-{CodeOf(key)}";

    /// <summary>The number of the key that a token is of; whether it is true, <see cref="IsTrue"/> says.</summary>
    public static long? IdOf(string token) =>
        token.IndexOf('-', StringComparison.Ordinal) is > 0 and var end
        && long.TryParse(token.AsSpan(0, end), System.Globalization.NumberStyles.None, null, out var id)
            ? id
            : null;

    public bool IsTrue(string token, VpnKey key) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(TokenOf(key)));

    private string CodeOf(VpnKey key)
    {
        var hash = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{key.Id} {key.Uuid} {key.SubscriptionVersion}"));

        return System.Buffers.Text.Base64Url.EncodeToString(hash.AsSpan(0, CodeBytes));
    }
}
