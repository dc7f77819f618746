namespace Latchkey.Video.Encoding;

/// <summary>How far a run goes to get its frames out of a source whose frames nobody has seen before.</summary>
internal enum SourceReading
{
    Usual,

    /// <summary>From further back: no keyframe was met between where the run began to read and its first frame.</summary>
    FromFurtherBack,

    /// <summary>One segment, in which the last frame before a hole stays until the next one comes.</summary>
    Holding,
}
