using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Latchkey.Platform.Data;
using Latchkey.Platform.Settings;

namespace Latchkey.Wiring;

/// <summary>The certificate for https addresses, with the intermediate ones that its file brings.</summary>
internal sealed record TlsCertificate(X509Certificate2 Certificate, X509Certificate2Collection Chain)
{
    private const string OwnCertificateName = "development-certificate.pem";
    private static readonly TimeSpan OwnLifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan OwnRenewal = TimeSpan.FromDays(30);

    /// <summary>LATCHKEY_TLS_CERT and _KEY; without them, in development, one that is signed by itself and kept in the data folder.</summary>
    public static TlsCertificate Load(LatchkeySettings settings, DataFolder folder, DateTimeOffset now)
    {
        if (settings[PlatformSettings.TlsCertificate] is { } path)
            return Read(path, settings[PlatformSettings.TlsKey] ?? path);

        if (settings.IsProduction())
            throw new LatchkeyStartException(
                "An https address in LATCHKEY_LISTEN needs LATCHKEY_TLS_CERT and LATCHKEY_TLS_KEY in production."
            );

        var own = folder.File(OwnCertificateName);

        if (File.Exists(own) && Read(own, own) is var kept && kept.Certificate.NotAfter.ToUniversalTime() > (now + OwnRenewal).UtcDateTime)
            return kept;

        File.WriteAllText(folder.PrivateFile(OwnCertificateName), Make(now));

        return Read(own, own);
    }

    private static TlsCertificate Read(string certificatePath, string keyPath)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificatePath);

            return new(X509Certificate2.CreateFromPemFile(certificatePath, keyPath), chain);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new LatchkeyStartException(
                $"The TLS certificate {certificatePath} with the key {keyPath} cannot be used: {failure.Message}",
                failure
            );
        }
    }

    private static string Make(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Latchkey development", key, HashAlgorithmName.SHA256);

        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName(Dns.GetHostName());
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));

        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now + OwnLifetime);

        return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
    }
}
