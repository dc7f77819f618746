namespace Latchkey.Generation.Generations;

/// <summary>Where a job is on its way.</summary>
internal enum JobState
{
    /// <summary>Paid for, and waiting for its turn at the provider.</summary>
    Created,

    /// <summary>The provider is being asked. Found so after a crash, it counts as unclear.</summary>
    Submitting,

    /// <summary>The provider may have taken it: it is looked for there, and never sent again.</summary>
    Unclear,

    /// <summary>The provider has it.</summary>
    Running,

    /// <summary>The provider is done; its files are being fetched.</summary>
    Storing,

    /// <summary>Its caller was told that it takes too long. It is still looked for, its cost is still held, and a late result is delivered.</summary>
    Overdue,

    Succeeded,
    Failed,
    Cancelled,
}

internal static class JobStates
{
    public static readonly JobState[] Ended = [JobState.Succeeded, JobState.Failed, JobState.Cancelled];

    /// <summary>States in which the provider may be working on it.</summary>
    public static readonly JobState[] AtProvider = [JobState.Submitting, JobState.Unclear, JobState.Running, JobState.Overdue];

    /// <summary>The contract's words.</summary>
    public static string ForCallers(this JobState state) =>
        state switch
        {
            JobState.Created or JobState.Submitting => "queued",
            JobState.Unclear or JobState.Running or JobState.Storing => "processing",
            JobState.Succeeded => "completed",
            JobState.Cancelled => "cancelled",
            _ => "failed",
        };
}

/// <summary>Why a job failed, where the provider gave no reason of its own.</summary>
internal static class JobReasons
{
    public const string ProviderTimeout = "provider_timeout";
    public const string SubmitUnclear = "submit_unclear";
    public const string TaskLost = "provider_lost_task";
    public const string OutputsUnreachable = "outputs_unreachable";
    public const string InvalidOutput = "invalid_output";
    public const string NoOutputs = "no_outputs";
    public const string NoRoute = "no_route";
    public const string CancelledByUser = "cancelled_by_user";
}
