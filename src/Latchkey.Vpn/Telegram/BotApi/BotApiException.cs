namespace Latchkey.Vpn.Telegram.BotApi;

/// <summary>Why a call of the Bot API failed. It never carries the address, in which the token stands, nor what might carry it.</summary>
internal sealed class BotApiException(BotApiFailure reason, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public BotApiFailure Reason { get; } = reason;

    /// <summary>How long Telegram wants to be left alone.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

internal enum BotApiFailure
{
    /// <summary>No answer, or none of the Bot API's.</summary>
    Unreachable,

    /// <summary>The token is wrong, or was revoked.</summary>
    Unauthorized,

    /// <summary>A webhook is set, or another program asks with the same token.</summary>
    Conflict,

    TooManyRequests,

    /// <summary>The request itself: asking again does not help.</summary>
    Rejected,
}
