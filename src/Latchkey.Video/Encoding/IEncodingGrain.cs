using Orleans.Concurrency;

namespace Latchkey.Video.Encoding;

/// <summary>Moves the encoding of one video on; the key is the video's id. It keeps nothing that its rows and the file store do not hold.</summary>
internal interface IEncodingGrain : IGrainWithStringKey
{
    /// <summary>Looks at the row and goes on from there. Returns at once.</summary>
    Task StartAsync();

    /// <summary>Its row asks for another plan: what was going on by the old one ends. Returns at once.</summary>
    Task PlanAgainAsync();

    /// <summary>Ends all work on the video; runs in progress stop at their next sign of life.</summary>
    Task StopAsync();

    /// <summary>Gives out the most urgent run for a slot, and says what is left.</summary>
    Task<EncodeClaim> ClaimAsync(EncodeSlot slot);

    /// <summary>A sign of life from the node that does a run.</summary>
    /// <returns><c>false</c> when the run is no longer wanted.</returns>
    Task<bool> RenewAsync(EncodeRun run);

    /// <param name="segment">What is made and stored; <c>null</c> is the init segment.</param>
    /// <returns><c>false</c> when the run is no longer wanted.</returns>
    Task<bool> ReportSegmentAsync(EncodeRun run, string rendition, int? segment);

    /// <param name="failure">Named reason, or <c>null</c> when all of the run is made.</param>
    Task EndRunAsync(EncodeRun run, EncodeFailure? failure);

    /// <summary>Waits until a segment of a plan's version is made, ahead of everything else.</summary>
    /// <param name="segment"><c>null</c> is the init segment, which is there soon after the first one is begun.</param>
    /// <returns><c>false</c> when it will not be made, such as one of an old version.</returns>
    Task<bool> WaitForSegmentAsync(int version, string rendition, int? segment, CancellationToken cancellation);
}

[GenerateSerializer, Immutable]
internal sealed record EncodeClaim([property: Id(0)] EncodeRun? Run, [property: Id(1)] OpenWork Open);

/// <param name="Reason">Named, such as <c>ffmpeg_stuck</c>.</param>
/// <param name="Passes">The disk is full or the store away: nothing is wrong with the video, try again later.</param>
[GenerateSerializer, Immutable]
internal sealed record EncodeFailure([property: Id(0)] string Reason, [property: Id(1)] bool Passes)
{
    /// <summary>A fault of ours; the log tells more.</summary>
    public const string InternalError = "internal_error";
}
