namespace Latchkey.Video.Encoding;

/// <summary>What is encoded first. Lower is sooner; within one priority, the video that has waited longest for a turn.</summary>
internal enum EncodePriority
{
    /// <summary>Somebody waits for this very segment. Every node keeps a slot for these.</summary>
    Waited = 0,

    /// <summary>The first picture of a new upload, and the neighbourhood of a seek.</summary>
    First = 1,

    /// <summary>All the rest.</summary>
    Background = 2,
}
