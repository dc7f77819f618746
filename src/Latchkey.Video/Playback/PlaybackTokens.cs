using System.Buffers.Binary;
using System.Security.Cryptography;
using Latchkey.Video.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Playback;

/// <summary>
/// Tokens of private videos: one block of AES, written like a UUID. Inside are random bytes, the time, and a mark of the video, so a token
/// works for no other video, cannot be made up (a guess hits the 48-bit mark once in 2^48), and costs no row until it is used.
/// </summary>
internal sealed class PlaybackTokens(IDbContextFactory<VideoDb> databases, TimeProvider time) : IDisposable
{
    /// <summary>How long after it was handed out a token can still be used for the first time.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private const string KeyName = "playback_tokens";
    private const int KeyLength = 32;
    private const int TimeAt = 6;
    private const int MarkAt = 10;
    private const int BlockLength = 16;

    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _loading = new(1);
    private byte[]? _key;

    public async ValueTask<Guid> MintAsync(string videoId, CancellationToken cancellation)
    {
        var key = _key ?? await LoadKeyAsync(cancellation);

        var block = new byte[BlockLength];
        RandomNumberGenerator.Fill(block.AsSpan(0, TimeAt));
        BinaryPrimitives.WriteUInt32BigEndian(block.AsSpan(TimeAt), (uint)time.GetUtcNow().ToUnixTimeSeconds());
        MarkOf(key, videoId).CopyTo(block.AsSpan(MarkAt));

        using var aes = Cipher(key);
        return new Guid(aes.EncryptEcb(block, PaddingMode.None), bigEndian: true);
    }

    /// <summary>Until when a token of this video can be used, or <c>null</c> when it is not one.</summary>
    public async ValueTask<DateTimeOffset?> ReadAsync(Guid token, string videoId, CancellationToken cancellation)
    {
        var key = _key ?? await LoadKeyAsync(cancellation);

        using var aes = Cipher(key);
        var block = aes.DecryptEcb(token.ToByteArray(bigEndian: true), PaddingMode.None);

        if (!CryptographicOperations.FixedTimeEquals(block.AsSpan(MarkAt), MarkOf(key, videoId)))
            return null;

        var mintedAt = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(TimeAt)));
        var now = time.GetUtcNow();

        return mintedAt <= now + ClockDifference && now < mintedAt + Lifetime ? mintedAt + Lifetime : null;
    }

    /// <summary>The session token (<c>avh</c>) of the session that a token opens: always the same, so that it need not be kept.</summary>
    public async ValueTask<string> SessionTokenAsync(Guid token, CancellationToken cancellation) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key ?? await LoadKeyAsync(cancellation), token.ToByteArray(bigEndian: true)));

    public void Dispose() => _loading.Dispose();

    private async Task<byte[]> LoadKeyAsync(CancellationToken cancellation)
    {
        await _loading.WaitAsync(cancellation);

        try
        {
            return _key ??= await FindKeyAsync(cancellation) ?? await MakeKeyAsync(cancellation);
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task<byte[]?> FindKeyAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .Secrets.AsNoTracking()
            .Where(secret => secret.Name == KeyName)
            .Select(secret => secret.Value)
            .FirstOrDefaultAsync(cancellation);
    }

    private async Task<byte[]> MakeKeyAsync(CancellationToken cancellation)
    {
        var key = RandomNumberGenerator.GetBytes(KeyLength);

        await using var db = await databases.CreateDbContextAsync(cancellation);
        db.Secrets.Add(new VideoSecret(KeyName, key, time.GetUtcNow()));

        try
        {
            await db.SaveChangesAsync(cancellation);
            return key;
        }
        catch (DbUpdateException failure)
        {
            // Another node was first.
            return await FindKeyAsync(cancellation)
                ?? throw new InvalidOperationException("The key of the playback tokens cannot be stored.", failure);
        }
    }

    // ECB of one block that is never the same twice: a plain permutation is what is wanted.
    private static Aes Cipher(byte[] key)
    {
        var aes = Aes.Create();
        aes.Key = key;
        return aes;
    }

    private static byte[] MarkOf(byte[] key, string videoId) =>
        HMACSHA256.HashData(key, System.Text.Encoding.UTF8.GetBytes(videoId))[..(BlockLength - MarkAt)];
}
