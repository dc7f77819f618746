namespace Latchkey.Generation.Ledger;

internal enum EntryKind
{
    /// <summary>Credits that an operator gave.</summary>
    Grant,

    /// <summary>Held for a job.</summary>
    Reserve,

    /// <summary>The job delivered: what was held is spent. Moves nothing.</summary>
    Settle,

    /// <summary>The job did not deliver: what was held is given back.</summary>
    Release,
}

/// <summary>
/// A row of <c>generation_ledger</c>, never changed. A job has one reserve and, at its end, one settle or one release: unique indexes see to it.
/// The sum of an owner's amounts is what the owner can still spend.
/// </summary>
internal sealed class LedgerEntry
{
    private LedgerEntry() { }

    public Guid Id { get; private set; }
    public string OwnerId { get; private set; } = "";
    public string? JobId { get; private set; }
    public EntryKind Kind { get; private set; }

    /// <summary>Credits; negative when they leave the owner.</summary>
    public long Amount { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }

    public static LedgerEntry Grant(string ownerId, long credits, DateTimeOffset now) =>
        Create(ownerId, null, EntryKind.Grant, credits, now);

    public static LedgerEntry Reserve(string ownerId, string jobId, int cost, DateTimeOffset now) =>
        Create(ownerId, jobId, EntryKind.Reserve, -cost, now);

    public static LedgerEntry Settle(string ownerId, string jobId, DateTimeOffset now) => Create(ownerId, jobId, EntryKind.Settle, 0, now);

    public static LedgerEntry Release(string ownerId, string jobId, int cost, DateTimeOffset now) =>
        Create(ownerId, jobId, EntryKind.Release, cost, now);

    private static LedgerEntry Create(string ownerId, string? jobId, EntryKind kind, long amount, DateTimeOffset now) =>
        new()
        {
            Id = Guid.CreateVersion7(now),
            OwnerId = ownerId,
            JobId = jobId,
            Kind = kind,
            Amount = amount,
            CreatedAt = now,
        };
}
