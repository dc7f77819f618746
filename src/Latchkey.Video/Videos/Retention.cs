namespace Latchkey.Video.Videos;

/// <summary>How long things stay that nobody finished, or that were never meant to stay.</summary>
internal static class Retention
{
    /// <summary>A video made with a sandbox key.</summary>
    public static readonly TimeSpan Sandbox = TimeSpan.FromHours(24);

    /// <summary>A video object that never got a source, and an upload that never got its last part.</summary>
    public static readonly TimeSpan Unfinished = TimeSpan.FromDays(7);
}
