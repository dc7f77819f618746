namespace Latchkey.Video.Thumbnails;

/// <summary>Keys of the pictures that owners chose. Each has a new name, so that a reader of the old one is not disturbed.</summary>
internal static class ThumbnailFiles
{
    public static string Folder(string videoId) => $"video/thumbnails/{videoId}/";

    public static string NewKey(string videoId) => $"video/thumbnails/{videoId}/{Guid.NewGuid():n}.jpg";
}
