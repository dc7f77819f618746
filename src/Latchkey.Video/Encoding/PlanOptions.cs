namespace Latchkey.Video.Encoding;

/// <param name="Version">See <see cref="EncodingPlan.Version"/>.</param>
/// <param name="AllowCopy">Whether the source's own packets may be a rendition: not for sandbox and watermarked videos.</param>
internal sealed record PlanOptions(int Version = 1, bool AllowCopy = true)
{
    /// <summary>What may be encoded, lowest first.</summary>
    public IReadOnlyList<LadderStep> Ladder { get; init; } = Encoding.Ladder.Steps;

    /// <summary>On the source's timeline, in seconds.</summary>
    public double ClipStart { get; init; }
    public double? ClipEnd { get; init; }
}
