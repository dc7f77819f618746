using Latchkey.Platform.Settings;

namespace Latchkey.Video.Encoding;

/// <param name="Slots">How many runs a node does at once, beside the one that is kept for segments somebody waits for.</param>
/// <param name="Ladder">What may be encoded, lowest first.</param>
internal sealed record EncodingOptions(int Slots, IReadOnlyList<LadderStep> Ladder)
{
    /// <summary>One ffmpeg keeps about this many cores busy.</summary>
    private const int CoresPerRun = 4;

    public static EncodingOptions From(LatchkeySettings settings) =>
        new(
            settings.Integer(VideoSettings.EncodingSlots) is > 0 and var slots
                ? slots
                : Math.Max(1, Environment.ProcessorCount / CoresPerRun),
            Encoding.Ladder.Read(settings.List(VideoSettings.EncodingLadder))
        );
}
