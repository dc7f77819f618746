namespace Latchkey.Vpn.Nodes;

/// <summary>A deleted key that a core may still know: kept until the core, and its configuration file, have let it go.</summary>
internal sealed class KeyRemoval
{
    private KeyRemoval() { }

    public string Node { get; private set; } = "";
    public long KeyId { get; private set; }
    public string Email { get; private set; } = "";
    public DateTimeOffset RemovedAt { get; private set; }

    /// <summary>When the running core was seen without it.</summary>
    public DateTimeOffset? ConfirmedAt { get; private set; }

    public static KeyRemoval Of(Keys.VpnKey key, string node, DateTimeOffset now) =>
        new()
        {
            Node = node,
            KeyId = key.Id,
            Email = key.Email,
            RemovedAt = now,
        };
}

/// <summary>What is known of a core from one start of Latchkey to the next.</summary>
internal sealed class NodeMemory
{
    private NodeMemory() { }

    public string Node { get; private set; } = "";

    public Core.CoreKind Kind { get; private set; }

    /// <summary>When the core started that the seen counters are of.</summary>
    public DateTimeOffset CoreStartedAt { get; private set; }

    public static NodeMemory Of(string node, Core.CoreKind kind, DateTimeOffset startedAt) =>
        new()
        {
            Node = node,
            Kind = kind,
            CoreStartedAt = startedAt,
        };

    public void Remember(Core.CoreKind kind, DateTimeOffset startedAt) => (Kind, CoreStartedAt) = (kind, startedAt);
}
