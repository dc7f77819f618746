namespace Latchkey.Video.Uploads;

/// <summary>Keys of uploads in the file store. By upload, not by video: the video may be named after the bytes.</summary>
internal static class SourceFiles
{
    public const string Root = "video/sources/";

    public static string Folder(string sourceId) => $"{Root}{sourceId}/";

    public static string Key(string sourceId) => $"{Root}{sourceId}/source";

    /// <summary>A part whose place is not known yet, or one that waits to be moved.</summary>
    public static string AsideKey(string sourceId) => $"{Root}{sourceId}/aside/{Guid.NewGuid():n}";

    /// <summary>The upload that a key belongs to.</summary>
    public static string SourceIdOf(string key) => key[Root.Length..].Split('/', 2)[0];
}
