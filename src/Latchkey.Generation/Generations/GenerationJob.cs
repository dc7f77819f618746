using System.Security.Cryptography;
using System.Text.Json;
using Latchkey.Generation.Providers;

namespace Latchkey.Generation.Generations;

/// <summary>
/// A row of <c>generation_jobs</c>: one picture or clip that somebody asked for. Only <see cref="GenerationJobGrain"/> moves it on; every move
/// counts <see cref="Version"/> up, so that of two that move it at once one loses.
/// </summary>
internal sealed class GenerationJob
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int IdDigits = 24;
    private const int TokenDigits = 32;
    private const int LongestMessage = 500;

    /// <summary>What stays of the order of a deleted generation.</summary>
    public const string NoOrder = """{"model":"","mode":"","values":{},"references":[]}""";

    private GenerationJob() { }

    /// <summary>Unguessable.</summary>
    public string Id { get; private set; } = "";

    /// <summary>The first of the jobs that were asked for together, as variants of one picture.</summary>
    public string GroupId { get; private set; } = "";
    public int Number { get; private set; }

    public string OwnerId { get; private set; } = "";
    public bool IsSandbox { get; private set; }
    public MediaKind Kind { get; private set; }
    public string ModelId { get; private set; } = "";
    public string ModelName { get; private set; } = "";
    public string Prompt { get; private set; } = "";

    /// <summary>A <see cref="GenerationOrder"/> as JSON.</summary>
    public string Order { get; private set; } = "";

    /// <summary>Credits: held since the job was made, and kept or given back when it ends.</summary>
    public int Cost { get; private set; }

    public JobState State { get; private set; }

    /// <summary>Percent, as the provider tells or as its states suggest.</summary>
    public int Progress { get; private set; }

    /// <summary>Why it failed: a word for programs, and a sentence for people.</summary>
    public string? Reason { get; private set; }
    public string? Message { get; private set; }

    public string Provider { get; private set; } = "";
    public string? Protocol { get; private set; }

    /// <summary>Which of the routes of its model it is on; fallbacks follow.</summary>
    public int RouteIndex { get; private set; }

    /// <summary>The fingerprint of the provider's key that it was sent with.</summary>
    public string? KeyId { get; private set; }
    public string? TaskId { get; private set; }

    /// <summary>The unguessable part of the address at which the provider calls back.</summary>
    public string CallbackToken { get; private set; } = "";

    /// <summary>The provider's files while they are fetched: a list of <see cref="OutputSource"/> as JSON.</summary>
    public string? Sources { get; private set; }

    /// <summary>A token of its provider's rate is kept for it.</summary>
    public bool HasTurn { get; private set; }

    /// <summary>Looks at the provider since its state changed.</summary>
    public int Looks { get; private set; }

    /// <summary>Attempts to fetch what the provider made, over all its answers.</summary>
    public int Fetches { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public DateTimeOffset? SubmittedAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>When something is to be done about it; <c>null</c> once it has ended.</summary>
    public DateTimeOffset? DueAt { get; private set; }
    public DateTimeOffset DeadlineAt { get; private set; }

    public string? IdempotencyKey { get; private set; }
    public string BodyHash { get; private set; } = "";

    /// <summary>When the answer to the request that made it had been sent whole.</summary>
    public DateTimeOffset? AnsweredAt { get; private set; }

    public string? WebhookUrl { get; private set; }
    public WebhookDialect WebhookDialect { get; private set; }

    /// <summary>The video goes to the Video module as well.</summary>
    public bool Publish { get; private set; }
    public string? PublishedVideoId { get; private set; }
    public int PublishAttempts { get; private set; }

    public bool IsFavorite { get; private set; }
    public DateTimeOffset? DeletedAt { get; private set; }

    public int Version { get; private set; }

    public bool HasEnded => JobStates.Ended.Contains(State);

    public GenerationOrder ReadOrder() => JsonSerializer.Deserialize<GenerationOrder>(Order, JsonSerializerOptions.Web)!;

    public IReadOnlyList<OutputSource> ReadSources() =>
        Sources is null ? [] : JsonSerializer.Deserialize<List<OutputSource>>(Sources, JsonSerializerOptions.Web)!;

    public static string NewId() => "job_" + RandomNumberGenerator.GetString(Digits, IdDigits);

    public static GenerationJob Create(NewJob asked, string? groupId, int number, DateTimeOffset now)
    {
        var id = groupId is null ? asked.Id : NewId();

        return new()
        {
            Id = id,
            GroupId = groupId ?? id,
            Number = number,
            OwnerId = asked.OwnerId,
            IsSandbox = asked.IsSandbox,
            Kind = asked.Kind,
            ModelId = asked.Order.Model,
            ModelName = asked.ModelName,
            Prompt = asked.Order.Prompt,
            Order = JsonSerializer.Serialize(asked.Order, JsonSerializerOptions.Web),
            Cost = asked.CostEach,
            Provider = asked.Provider,
            CallbackToken = RandomNumberGenerator.GetString(Digits, TokenDigits),
            CreatedAt = now,
            UpdatedAt = now,
            DueAt = now,
            DeadlineAt = now + asked.Deadline,
            IdempotencyKey = groupId is null ? asked.IdempotencyKey : null,
            BodyHash = asked.BodyHash,
            WebhookUrl = asked.WebhookUrl,
            WebhookDialect = asked.WebhookDialect,
            Publish = asked.Publish,
        };
    }

    public void WaitForTurn(DateTimeOffset until, bool hasTurn, DateTimeOffset now)
    {
        (DueAt, HasTurn, Looks) = (until, hasTurn, Looks + 1);
        Touch(now);
    }

    /// <summary>From here on the provider may have it, whatever happens to this process.</summary>
    public void BeginSubmit(string provider, string? protocol, string keyId, DateTimeOffset until, DateTimeOffset now)
    {
        (State, Provider, Protocol, KeyId) = (JobState.Submitting, provider, protocol, keyId);
        (TaskId, HasTurn, Looks, DueAt, SubmittedAt) = (null, false, 0, until, now);
        Touch(now);
    }

    public void Accept(string taskId, DateTimeOffset lookAt, DateTimeOffset now)
    {
        (State, TaskId, Looks, DueAt, Progress) = (JobState.Running, taskId, 0, lookAt, Math.Max(Progress, 5));
        Touch(now);
    }

    /// <summary>The provider has certainly not taken it: the same route is tried again later.</summary>
    public void TryLater(string reason, DateTimeOffset at, DateTimeOffset now)
    {
        (State, Reason, DueAt, HasTurn, Looks) = (JobState.Created, reason, at, false, Looks + 1);
        Touch(now);
    }

    /// <summary>The provider has certainly not made it, and another may.</summary>
    public void FallBack(int routeIndex, string reason, DateTimeOffset now)
    {
        (State, RouteIndex, Reason, DueAt) = (JobState.Created, routeIndex, reason, now);
        (HasTurn, Looks, TaskId, KeyId, Sources) = (false, 0, null, null, null);
        Touch(now);
    }

    public void BecomeUnclear(DateTimeOffset lookAt, DateTimeOffset now)
    {
        (State, Looks, DueAt) = (JobState.Unclear, 0, lookAt);
        Touch(now);
    }

    public void LookAgain(DateTimeOffset at, int? progress, DateTimeOffset now)
    {
        (DueAt, Looks, Progress) = (at, Looks + 1, Math.Clamp(progress ?? Progress, Progress, 99));
        Touch(now);
    }

    /// <summary>A callback says that something happened.</summary>
    public void LookNow(string? taskId, DateTimeOffset now)
    {
        if (TaskId is null && taskId is not null && State is JobState.Unclear or JobState.Submitting or JobState.Overdue)
            (State, TaskId) = (State == JobState.Overdue ? State : JobState.Running, taskId);

        DueAt = now;
        Touch(now);
    }

    public void Store(IReadOnlyList<OutputSource> sources, DateTimeOffset now)
    {
        (State, Sources) = (JobState.Storing, JsonSerializer.Serialize(sources, JsonSerializerOptions.Web));
        (Looks, DueAt, Progress) = (0, now, Math.Max(Progress, 90));
        Touch(now);
    }

    /// <summary>Its links have expired: the provider is asked for new ones.</summary>
    public void AskAgain(DateTimeOffset at, DateTimeOffset now)
    {
        (State, Sources, DueAt, Fetches) = (JobState.Running, null, at, Fetches + 1);
        Touch(now);
    }

    public void FetchAgain(IReadOnlyList<OutputSource> sources, DateTimeOffset at, DateTimeOffset now)
    {
        Store(sources, now);
        (DueAt, Fetches) = (at, Fetches + 1);
    }

    public void BecomeOverdue(string reason, DateTimeOffset lookAt, DateTimeOffset now)
    {
        (State, Reason, Message, Looks, DueAt) = (
            JobState.Overdue,
            reason,
            "The provider takes too long. If it delivers after all, the result appears in the library.",
            0,
            lookAt
        );
        Touch(now);
    }

    public void Succeed(DateTimeOffset now)
    {
        (State, Progress, Reason, Message) = (JobState.Succeeded, 100, null, null);
        End(now);
    }

    public void Fail(string reason, string message, DateTimeOffset now)
    {
        (State, Reason, Message) = (JobState.Failed, reason, message.Length <= LongestMessage ? message : message[..LongestMessage]);
        End(now);
    }

    public void Cancel(DateTimeOffset now)
    {
        (State, Reason, Message) = (JobState.Cancelled, JobReasons.CancelledByUser, null);
        End(now);
    }

    private void End(DateTimeOffset now)
    {
        (EndedAt, DueAt, Sources) = (now, null, null);
        Touch(now);
    }

    private void Touch(DateTimeOffset now)
    {
        UpdatedAt = now;
        Version++;
    }
}

/// <summary>What is asked for, checked and priced.</summary>
/// <param name="Id">Of the first job, whose references are stored under it already.</param>
internal sealed record NewJob(
    string Id,
    string OwnerId,
    bool IsSandbox,
    MediaKind Kind,
    string ModelName,
    GenerationOrder Order,
    string Provider,
    int CostEach,
    TimeSpan Deadline,
    string BodyHash
)
{
    public string? IdempotencyKey { get; init; }
    public string? WebhookUrl { get; init; }
    public WebhookDialect WebhookDialect { get; init; }
    public bool Publish { get; init; }
}
