using System.Text.Json;

namespace Latchkey.Platform.Webhooks;

public enum OutboxState
{
    Pending,
    Delivered,

    /// <summary>Given up, with the reason.</summary>
    Failed,
}

/// <summary>
/// A webhook to be sent: inserted in the transaction of the change it tells of, delivered at least once, in the order of one endpoint where
/// its failures allow.
/// </summary>
public sealed class OutboxMessage
{
    private OutboxMessage() { }

    /// <summary>Ids grow with time; receivers tell repetitions by them.</summary>
    public Guid Id { get; private set; }

    public string Module { get; private set; } = "";

    /// <summary>The module's name of the receiver, such as a webhook id: its messages keep their order.</summary>
    public string EndpointId { get; private set; } = "";

    public string EventType { get; private set; } = "";
    public string Url { get; private set; } = "";

    /// <summary>Sent byte for byte, since a signature covers it.</summary>
    public byte[] Body { get; private set; } = [];

    /// <summary>A JSON object of header names and values.</summary>
    public string Headers { get; private set; } = "{}";

    public DateTimeOffset CreatedAt { get; private set; }
    public OutboxState State { get; private set; }
    public int Attempts { get; private set; }

    /// <summary>When it is due, while pending.</summary>
    public DateTimeOffset NextAttemptAt { get; private set; }

    /// <summary>When it was delivered or given up.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>What went wrong last: <c>http_500</c>, <c>timed_out</c>, …</summary>
    public string? Reason { get; private set; }

    /// <summary>Every move counts it up; two that move at once are told apart by it.</summary>
    public int Version { get; private set; }

    /// <param name="headers">All but <c>Content-Type</c>, which is JSON if it is not given.</param>
    public static OutboxMessage Create(
        string module,
        string endpointId,
        string eventType,
        string url,
        byte[] body,
        IReadOnlyDictionary<string, string> headers,
        DateTimeOffset now
    ) =>
        new()
        {
            Id = Guid.CreateVersion7(now),
            Module = module,
            EndpointId = endpointId,
            EventType = eventType,
            Url = url,
            Body = body,
            Headers = JsonSerializer.Serialize(headers),
            CreatedAt = now,
            NextAttemptAt = now,
        };

    internal void Succeed(DateTimeOffset now)
    {
        (State, Attempts, Reason, EndedAt) = (OutboxState.Delivered, Attempts + 1, null, now);
        Version++;
    }

    internal void Fail(string reason, DateTimeOffset now)
    {
        (Attempts, Reason) = (Attempts + 1, reason);
        Version++;

        if (RetrySchedule.Next(Attempts, CreatedAt, now) is { } next)
            NextAttemptAt = next;
        else
            (State, EndedAt) = (OutboxState.Failed, now);
    }
}
