using System.Security.Cryptography;
using Latchkey.Video.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Video.Playback;

/// <summary>Who may watch a private video: whoever opened a session with its token, for 24 hours, from the same address and browser.</summary>
internal sealed class PlaybackSessions(IDbContextFactory<VideoDb> databases, PlaybackTokens tokens, TimeProvider time) : IDisposable
{
    /// <summary>The session token in a query.</summary>
    public const string QueryName = "avh";

    private const int MostKept = 50_000;

    /// <summary>Sessions never change, so they are kept until they end.</summary>
    private readonly MemoryCache _sessions = new(new MemoryCacheOptions { SizeLimit = MostKept });

    /// <param name="token">From the path or the query; it need not be one of ours.</param>
    /// <param name="sessionToken"><c>avh</c>; it counts from any address.</param>
    /// <param name="opens">Whether the request opens the session when nobody has.</param>
    public async ValueTask<bool> MayWatchAsync(
        string videoId,
        string? token,
        string? sessionToken,
        string viewer,
        bool opens,
        CancellationToken cancellation
    )
    {
        if (!string.IsNullOrEmpty(sessionToken) && await FindAsync(HashOf(sessionToken), cancellation) is { } named)
        {
            return named.VideoId == videoId && time.GetUtcNow() < named.ExpiresAt;
        }

        if (!Guid.TryParseExact(token, "D", out var guid) || await tokens.ReadAsync(guid, videoId, cancellation) is not { } usableUntil)
        {
            return false;
        }

        var hash = HashOf(await tokens.SessionTokenAsync(guid, cancellation));

        if (await FindAsync(hash, cancellation) is { } session)
        {
            return session.ViewerHash == viewer && time.GetUtcNow() < session.ExpiresAt;
        }

        return !opens || await OpenAsync(new PlaybackTokenUse(guid, videoId, hash, time.GetUtcNow(), usableUntil), viewer, cancellation);
    }

    /// <returns>The session token of a token, or <c>null</c> when it is not this video's.</returns>
    public async ValueTask<string?> TokenForAsync(string videoId, string token, CancellationToken cancellation) =>
        Guid.TryParseExact(token, "D", out var guid) && await tokens.ReadAsync(guid, videoId, cancellation) is not null
            ? await tokens.SessionTokenAsync(guid, cancellation)
            : null;

    /// <summary>A line of the timetable.</summary>
    public static async Task RemoveExpiredAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();

        await using var db = await services.GetRequiredService<IDbContextFactory<VideoDb>>().CreateDbContextAsync(cancellation);
        await db.PlaybackTokenUses.Where(use => use.ExpiresAt < now).ExecuteDeleteAsync(cancellation);
        await db
            .PlaybackSessions.Where(session => session.ExpiresAt < now && !db.PlaybackTokenUses.Any(use => use.SessionHash == session.Hash))
            .ExecuteDeleteAsync(cancellation);
    }

    public void Dispose() => _sessions.Dispose();

    private async ValueTask<PlaybackSession?> FindAsync(string hash, CancellationToken cancellation)
    {
        if (_sessions.TryGetValue(hash, out PlaybackSession? session))
        {
            return session;
        }

        await using var db = await databases.CreateDbContextAsync(cancellation);
        session = await db.PlaybackSessions.AsNoTracking().SingleOrDefaultAsync(row => row.Hash == hash, cancellation);

        return session is null
            ? null
            : _sessions.Set(hash, session, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpiration = session.ExpiresAt });
    }

    private async Task<bool> OpenAsync(PlaybackTokenUse use, string viewer, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        db.PlaybackTokenUses.Add(use);
        db.PlaybackSessions.Add(
            new PlaybackSession(use.SessionHash, use.VideoId, viewer, use.UsedAt, use.UsedAt + PlaybackSession.Lifetime)
        );

        try
        {
            await db.SaveChangesAsync(cancellation);
            return true;
        }
        catch (DbUpdateException)
        {
            // Somebody was first in the same moment: this viewer's other request, or another viewer.
            return await FindAsync(use.SessionHash, cancellation) is { } session && session.ViewerHash == viewer;
        }
    }

    private static string HashOf(string sessionToken) =>
        Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(sessionToken)));
}
