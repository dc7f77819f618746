using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Latchkey.Generation.Data;

namespace Latchkey.Generation.Outputs;

/// <summary>
/// Links to our own files that work without credentials for a while, as an <c>img</c> element needs them. The signature covers the whole path
/// and the end of its time.
/// </summary>
internal sealed class MediaLinks(ModuleSecrets secrets, TimeProvider time)
{
    public static readonly TimeSpan ForCallers = TimeSpan.FromHours(1);

    /// <param name="path">With its query, if it has one, and without the base.</param>
    public string Sign(string baseUrl, string path, TimeSpan lifetime)
    {
        var expires = (time.GetUtcNow() + lifetime).ToUnixTimeSeconds();
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{baseUrl}{path}{separator}expires={expires}&signature={Signature(path, expires)}"
        );
    }

    public bool IsGood(string path, long? expires, string? signature) =>
        expires is { } until
        && signature is not null
        && until > time.GetUtcNow().ToUnixTimeSeconds()
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Signature(path, until)));

    private string Signature(string path, long expires) =>
        Convert.ToHexStringLower(
            HMACSHA256.HashData(secrets.Links, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{path}\n{expires}")))
        );
}
