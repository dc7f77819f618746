namespace Latchkey.Vpn.Telegram;

/// <summary>The keys as the bot knows them: those of the server that it runs in, or those behind an API.</summary>
internal interface IBotKeys
{
    /// <param name="requestName">Called again with the same name, it gives the same key.</param>
    /// <exception cref="BotKeysException">As for all of them: the server cannot do it now.</exception>
    Task<BotKey> CreateAsync(string name, string requestName, CancellationToken cancellation);

    /// <returns><c>null</c> when there is no such key; so too below.</returns>
    Task<BotKey?> FindAsync(long id, CancellationToken cancellation);

    Task<BotKeyPage> ListAsync(int offset, int limit, CancellationToken cancellation);

    Task<string?> LinkAsync(long id, CancellationToken cancellation);

    Task<BotTraffic?> TrafficAsync(long id, CancellationToken cancellation);

    /// <returns>What there was before.</returns>
    Task<BotTraffic?> ResetTrafficAsync(long id, CancellationToken cancellation);

    /// <returns>Whether there was such a key.</returns>
    Task<bool> DeleteAsync(long id, CancellationToken cancellation);
}

internal sealed record BotKey(long Id, string Uuid, string? Name, bool IsActive);

/// <param name="Total">How many there are on all pages.</param>
internal sealed record BotKeyPage(IReadOnlyList<BotKey> Keys, int Total);

/// <summary>In bytes.</summary>
internal sealed record BotTraffic(long Upload, long Download)
{
    public long Total => Upload + Download;
}

/// <summary>The server cannot do it now. The message is for its operators.</summary>
internal sealed class BotKeysException(string message) : Exception(message);
