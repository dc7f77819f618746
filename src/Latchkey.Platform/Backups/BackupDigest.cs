using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Latchkey.Platform.Backups;

/// <summary>What is counted and hashed of the files of an archive, on its way in and on its way out.</summary>
internal sealed class BackupDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _files;

    public void Begin(string name, long length)
    {
        _files++;
        _hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}\n{length}\n")));
    }

    public void Add(ReadOnlySpan<byte> content) => _hash.AppendData(content);

    public BackupEnd End() => new(_files, Convert.ToHexStringLower(_hash.GetCurrentHash()));

    public void Dispose() => _hash.Dispose();
}
