namespace Latchkey.Video.Encoding;

/// <summary>What one of a node's slots takes.</summary>
internal enum EncodeSlot
{
    /// <summary>Whatever is most urgent.</summary>
    Any,

    /// <summary>Segments that somebody waits for, and nothing else.</summary>
    Kept,

    /// <summary>The poster, and the MP4 once its parts are there: they take little, and even a full encoding leaves some of the cores idle.</summary>
    Aside,
}
