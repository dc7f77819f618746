using System.Text.Json.Nodes;
using Latchkey.Generation.Generations;

namespace Latchkey.Generation.Providers;

/// <summary>
/// Speaks one vendor's protocol. It keeps nothing and decides nothing: what an answer means for the job is the runner's business.
/// No method throws for what a vendor or the network does.
/// </summary>
internal interface IProvider
{
    /// <summary>One of <see cref="ProviderNames"/>.</summary>
    string Name { get; }

    /// <summary>Whether a task whose submission had no clear outcome may still be found: by a callback, or by asking.</summary>
    bool CanReconcile(ProviderTask task);

    /// <summary>Sends the task, once. Everything that must come before (such as uploading references) happens inside.</summary>
    Task<SubmitOutcome> SubmitAsync(ProviderOrder order, CancellationToken cancellation);

    Task<QueryOutcome> QueryAsync(ProviderTask task, CancellationToken cancellation);

    /// <summary>Asks the vendor to stop; what comes of it does not matter.</summary>
    Task CancelAsync(ProviderTask task, CancellationToken cancellation);

    /// <summary>The id of a task whose submission had no clear outcome, when the vendor can be asked for it.</summary>
    Task<string?> FindTaskAsync(ProviderTask task, CancellationToken cancellation);

    /// <summary>Writes an output that only the vendor's own interface gives into a local file.</summary>
    Task<FetchOutcome> FetchAsync(ProviderTask task, OutputSource source, string path, CancellationToken cancellation);
}

/// <summary>A task to be sent.</summary>
/// <param name="Input">From the catalogue's template; references stand in it as <see cref="References.ReferenceMarks"/>.</param>
/// <param name="CallbackUrl">Where the vendor may call back; <c>null</c> when it cannot reach us.</param>
internal sealed record ProviderOrder(
    string JobId,
    MediaKind Kind,
    string? Protocol,
    string Upstream,
    JsonObject Input,
    IReadOnlyList<PlacedReference> References,
    ProviderKey Key,
    string? CallbackUrl
);

/// <summary>A picture, clip or voice that comes with a task.</summary>
/// <param name="PublicLink">Where the vendor can fetch it; <c>null</c> when we have no public address.</param>
internal sealed record PlacedReference(StoredReference File, string? PublicLink);

/// <summary>A task that was sent.</summary>
internal sealed record ProviderTask(
    string JobId,
    MediaKind Kind,
    string? Protocol,
    string? TaskId,
    ProviderKey Key,
    DateTimeOffset SubmittedAt,
    bool HasCallback,
    GenerationOrder Order
);

internal abstract record SubmitOutcome
{
    public sealed record Accepted(string TaskId) : SubmitOutcome;

    /// <summary>The vendor works while we wait, and is done.</summary>
    public sealed record Finished(IReadOnlyList<OutputSource> Outputs) : SubmitOutcome;

    /// <summary>Certainly not taken.</summary>
    public sealed record Refused(ProviderFailure Failure) : SubmitOutcome;

    /// <summary>It may have been taken.</summary>
    public sealed record Unclear(string Reason) : SubmitOutcome;
}

internal abstract record QueryOutcome
{
    public sealed record Running(int? Progress) : QueryOutcome;

    public sealed record Succeeded(IReadOnlyList<OutputSource> Outputs) : QueryOutcome;

    public sealed record Failed(ProviderFailure Failure) : QueryOutcome;

    /// <summary>The vendor does not know the task, perhaps not yet.</summary>
    public sealed record NotKnown : QueryOutcome;

    /// <summary>No answer worth anything; asked again later.</summary>
    public sealed record Unavailable(string Reason, TimeSpan? RetryAfter) : QueryOutcome;
}

internal enum FetchOutcome
{
    Done,
    TryLater,
    Gone,
}

internal enum FailureKind
{
    /// <summary>Too many requests, or maintenance: later it may work.</summary>
    Busy,

    /// <summary>The operator's key or account.</summary>
    Account,

    /// <summary>The order itself: nobody would take it.</summary>
    Order,

    /// <summary>The vendor's own trouble: another vendor may do it.</summary>
    Vendor,
}

/// <param name="Reason">A word, such as <c>content_policy</c>.</param>
/// <param name="Message">For the caller; never holds keys or addresses.</param>
internal sealed record ProviderFailure(FailureKind Kind, string Reason, string Message, TimeSpan? RetryAfter = null);

/// <summary>Where an output is: at an address, at the vendor's own interface, or in our file store already.</summary>
internal sealed record OutputSource(OutputPlace Place, string Address);

internal enum OutputPlace
{
    Web,
    Vendor,
    Stored,
}

/// <summary>A key of a vendor.</summary>
/// <param name="Id">Its fingerprint, which may be stored and logged.</param>
internal sealed record ProviderKey(string Provider, string Id, string Secret);
