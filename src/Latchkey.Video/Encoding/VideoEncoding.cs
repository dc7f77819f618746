namespace Latchkey.Video.Encoding;

internal enum EncodingState
{
    /// <summary>The source is to be planned: for the first time, or once more, and then the plan that there is plays on.</summary>
    Waiting,

    /// <summary>The plan is made: the video plays, and its segments are filled in.</summary>
    Planned,

    Encoded,
    Failed,

    /// <summary>The video was deleted before the end.</summary>
    Stopped,
}

/// <summary>The work on one video: what its source is, how it is cut, how far it is. Only <see cref="EncodingGrain"/> changes it.</summary>
internal sealed class VideoEncoding
{
    private VideoEncoding() { }

    public string VideoId { get; private init; } = null!;

    /// <summary>Key of the source in the file store.</summary>
    public string SourceKey { get; private init; } = null!;

    public EncodingState State { get; private set; }

    /// <summary>Named reason, such as <c>no_video</c>, when <see cref="State"/> is failed.</summary>
    public string? FailureReason { get; private set; }

    /// <summary>The source's packets may become a rendition; false for sandbox videos, which get a mark burnt in.</summary>
    public bool MayCopy { get; private init; }

    public bool MakesMp4 { get; private init; }

    /// <summary>The part of the source that is wanted, in seconds.</summary>
    public double ClipStart { get; private init; }

    public double? ClipEnd { get; private init; }

    /// <summary>The <see cref="EncodingPlan"/> as JSON, once it is made.</summary>
    public string? Plan { get; private set; }

    /// <summary>The plan's generation, see <see cref="EncodingPlan.Version"/>; 0 before the first.</summary>
    public int PlanVersion { get; private set; }

    /// <summary>The lowest generation whose files are still there.</summary>
    public int OldestVersion { get; private set; } = 1;

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset? PlannedAt { get; private set; }

    public DateTimeOffset? FinishedAt { get; private set; }

    /// <summary>Compare-and-swap: two activations of one grain cannot both move the row on.</summary>
    public int Version { get; private set; }

    public bool IsUnfinished => State is EncodingState.Waiting or EncodingState.Planned;

    public static VideoEncoding Request(EncodingRequest request, DateTimeOffset now) =>
        new()
        {
            VideoId = request.VideoId,
            SourceKey = request.SourceKey,
            MayCopy = request.MayCopy,
            MakesMp4 = request.MakesMp4,
            ClipStart = request.ClipStart,
            ClipEnd = request.ClipEnd,
            CreatedAt = now,
        };

    public void SetPlan(string plan, DateTimeOffset now)
    {
        Plan = plan;
        PlanVersion++;
        PlannedAt = now;
        Move(EncodingState.Planned);
    }

    /// <summary>Asks for another plan of the same source, as the settings are now.</summary>
    /// <returns><c>false</c> when there is nothing to make anew.</returns>
    public bool RequestAgain()
    {
        if (Plan is null || State == EncodingState.Stopped)
        {
            return false;
        }

        FailureReason = null;
        FinishedAt = null;
        Move(EncodingState.Waiting);
        return true;
    }

    /// <summary>There can be no other plan: it goes on with the one that it has.</summary>
    public void KeepPlan() => Move(EncodingState.Planned);

    public void Finish(DateTimeOffset now)
    {
        FinishedAt = now;
        Move(EncodingState.Encoded);
    }

    /// <summary>What was finished has something to do again.</summary>
    public void Reopen()
    {
        FinishedAt = null;
        Move(EncodingState.Planned);
    }

    public void Fail(string reason, DateTimeOffset now)
    {
        FailureReason = reason;
        FinishedAt = now;
        Move(EncodingState.Failed);
    }

    public void Stop(DateTimeOffset now)
    {
        FinishedAt = now;
        Move(EncodingState.Stopped);
    }

    private void Move(EncodingState state)
    {
        State = state;
        Version++;
    }
}

/// <summary>What an upload that is complete asks for; the row is inserted in the transaction that completes the upload.</summary>
internal sealed record EncodingRequest(
    string VideoId,
    string SourceKey,
    bool MayCopy,
    bool MakesMp4,
    double ClipStart = 0,
    double? ClipEnd = null
);
