namespace Latchkey.Platform.Webhooks;

/// <summary>One try to deliver a message: what the console shows of it.</summary>
internal sealed class WebhookAttempt
{
    private WebhookAttempt() { }

    public WebhookAttempt(Guid messageId, DateTimeOffset at, int? status, string? reason, TimeSpan duration)
    {
        (MessageId, At, Status, Reason) = (messageId, at, status, reason);
        DurationMilliseconds = (long)duration.TotalMilliseconds;
    }

    public long Id { get; private set; }
    public Guid MessageId { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>What the receiver answered, if it did.</summary>
    public int? Status { get; private set; }

    /// <summary>The named failure, or <c>null</c> when it was delivered.</summary>
    public string? Reason { get; private set; }

    public long DurationMilliseconds { get; private set; }
}
