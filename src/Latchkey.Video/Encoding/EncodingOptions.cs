using Latchkey.Platform.Settings;

namespace Latchkey.Video.Encoding;

/// <param name="Slots">How many runs a node does at once, beside the one that is kept for segments somebody waits for.</param>
/// <param name="Ladder">What may be encoded, lowest first.</param>
internal sealed record EncodingOptions(int Slots, IReadOnlyList<LadderStep> Ladder)
{
    /// <summary>One ffmpeg keeps about this many cores busy.</summary>
    private const int CoresPerRun = 4;

    /// <summary>More make a picture of this size no faster, and each takes memory.</summary>
    private const int MostThreads = 16;

    public static EncodingOptions From(LatchkeySettings settings) =>
        new(
            settings.Integer(VideoSettings.EncodingSlots) is > 0 and var slots ? slots : SlotsFor(Environment.ProcessorCount),
            Encoding.Ladder.Read(settings.List(VideoSettings.EncodingLadder))
        );

    public static int SlotsFor(int cores) => Math.Max(1, cores / CoresPerRun);

    /// <summary>For each decoder and encoder of a run, such that all slots together have about a thread a core; 0 lets ffmpeg choose, who takes the machine for its own.</summary>
    public int Threads(int cores) =>
        Slots == 1 ? UrgentThreads(cores)
        : Slots >= cores ? 1
        : Math.Min(cores / Slots, MostThreads);

    /// <summary>For what somebody waits for: all cores, since the background gives way.</summary>
    public static int UrgentThreads(int cores) => cores > MostThreads ? MostThreads : 0;
}
