using System.Linq.Expressions;

namespace Latchkey.Vpn.Keys;

/// <summary>Whether a key opens the VPN now, and if not, why.</summary>
internal enum KeyState
{
    Active,
    Paused,
    Expired,

    /// <summary>The data limit is used up, until the next reset.</summary>
    Limited,

    /// <summary>Too many addresses used it at once; it comes back by itself.</summary>
    Blocked,
}

/// <summary>The one rule of states, for rows in memory and for queries.</summary>
internal static class KeyStates
{
    public static KeyState State(this VpnKey key, DateTimeOffset now) =>
        Of(key.PausedAt, key.ExpiresAt, key.DataLimit, key.Traffic.Total, key.Traffic.BlockedUntil, now);

    /// <param name="used">Bytes since the last reset.</param>
    public static KeyState Of(
        DateTimeOffset? pausedAt,
        DateTimeOffset? expiresAt,
        long? dataLimit,
        long used,
        DateTimeOffset? blockedUntil,
        DateTimeOffset now
    )
    {
        if (pausedAt is not null)
            return KeyState.Paused;
        if (expiresAt <= now)
            return KeyState.Expired;
        if (used >= dataLimit)
            return KeyState.Limited;

        return blockedUntil > now ? KeyState.Blocked : KeyState.Active;
    }

    /// <summary>The same for queries.</summary>
    public static Expression<Func<VpnKey, bool>> Is(KeyState state, DateTimeOffset now) =>
        state switch
        {
            KeyState.Paused => key => key.PausedAt != null,
            KeyState.Expired => key => key.PausedAt == null && key.ExpiresAt <= now,
            KeyState.Limited => key =>
                key.PausedAt == null
                && (key.ExpiresAt == null || key.ExpiresAt > now)
                && key.DataLimit != null
                && key.Traffic.Upload + key.Traffic.Download >= key.DataLimit,
            KeyState.Blocked => key =>
                key.PausedAt == null
                && (key.ExpiresAt == null || key.ExpiresAt > now)
                && (key.DataLimit == null || key.Traffic.Upload + key.Traffic.Download < key.DataLimit)
                && key.Traffic.BlockedUntil > now,
            _ => key =>
                key.PausedAt == null
                && (key.ExpiresAt == null || key.ExpiresAt > now)
                && (key.DataLimit == null || key.Traffic.Upload + key.Traffic.Download < key.DataLimit)
                && (key.Traffic.BlockedUntil == null || key.Traffic.BlockedUntil <= now),
        };
}
