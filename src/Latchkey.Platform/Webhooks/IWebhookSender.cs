namespace Latchkey.Platform.Webhooks;

/// <summary>Sends what stands in the outbox.</summary>
public interface IWebhookSender
{
    /// <summary>
    /// Call it after the transaction that inserted the messages: they are sent at once. Forgotten, or lost with the process, they are found
    /// by the sweep a little later.
    /// </summary>
    void Wake(params IEnumerable<OutboxMessage> messages);
}
