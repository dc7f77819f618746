namespace Latchkey.Platform.Webhooks;

/// <summary>
/// What a module adds to its messages each time they are sent: a signature that holds the time, which would be too old at a late attempt if it
/// were made with the message.
/// </summary>
public interface IWebhookHeaders
{
    /// <summary>The module whose messages these are.</summary>
    string Module { get; }

    /// <summary>Beside the message's own.</summary>
    IReadOnlyDictionary<string, string> For(OutboxMessage message, DateTimeOffset now);
}
