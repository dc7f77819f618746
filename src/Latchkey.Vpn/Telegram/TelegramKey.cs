namespace Latchkey.Vpn.Telegram;

/// <summary>Who made a key with the bot where everybody may. The key itself may be another server's.</summary>
internal sealed class TelegramKey
{
    private TelegramKey() { }

    public long KeyId { get; private set; }

    /// <summary>Telegram's number of the user.</summary>
    public long UserId { get; private set; }

    /// <summary>The message that asked for it; it may come again.</summary>
    public long UpdateId { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public static TelegramKey Of(long keyId, long userId, long updateId, DateTimeOffset now) =>
        new()
        {
            KeyId = keyId,
            UserId = userId,
            UpdateId = updateId,
            CreatedAt = now,
        };
}
