using Latchkey.Video.Encoding.Index;

namespace Latchkey.Video.Encoding;

/// <summary>Makes the plan: grid, renditions, audio. A pure function: the same source and options give the same plan.</summary>
internal static class PlanMaker
{
    /// <exception cref="MediaException">The clip lies outside of the source.</exception>
    public static EncodingPlan Make(SourceIndex index, PlanOptions options) => throw new NotSupportedException();
}

/// <param name="Version">See <see cref="EncodingPlan.Version"/>.</param>
/// <param name="AllowCopy">Whether the source's own packets may be a rendition: not for sandbox and watermarked videos.</param>
internal sealed record PlanOptions(int Version = 1, bool AllowCopy = true)
{
    /// <summary>On the source's timeline, in seconds.</summary>
    public double ClipStart { get; init; }
    public double? ClipEnd { get; init; }
}
