using System.Globalization;
using Latchkey.Video.Encoding.Storyboards;

namespace Latchkey.Video.Encoding;

/// <summary>The keys of a video's files in the store. All that is made of a video lies under one prefix.</summary>
internal static class VideoFiles
{
    private const string SegmentExtension = ".m4s";
    private const string TileExtension = ".jpg";

    public static string All(string videoId) => $"videos/{videoId}/";

    public static string Plan(string videoId, int version) => $"videos/{videoId}/v{version.ToString(CultureInfo.InvariantCulture)}/";

    /// <summary>The plan of a version that is not the newest any more.</summary>
    public static string OldPlan(string videoId, int version) => $"{Plan(videoId, version)}plan.json";

    public static string Init(string videoId, int version, string rendition) =>
        $"{Plan(videoId, version)}{rendition}/{MadeSegment.InitName}";

    public static string Segment(string videoId, int version, string rendition, int segment) =>
        $"{Plan(videoId, version)}{rendition}/{MadeSegment.NameOf(segment)}";

    public static string Of(PlannedVideo video, MadeSegment made) =>
        $"{Plan(video.VideoId, video.Plan.Version)}{made.Rendition}/{made.FileName}";

    /// <summary>The tiles of a storyboard; they go when its sheets are made.</summary>
    public static string Tiles(string videoId, int version) => $"{Plan(videoId, version)}{Storyboard.FolderName}/";

    public static string Sheet(string videoId, int version, int sheet) => $"{Plan(videoId, version)}sheets/{Storyboard.SheetName(sheet)}";

    /// <summary>Comes after its sheets: where it is, the storyboard is whole.</summary>
    public static string StoryboardIndex(string videoId, int version) => $"{Plan(videoId, version)}storyboard.vtt";

    public static string Preview(string videoId, int version) => $"{Plan(videoId, version)}preview.webp";

    /// <summary>What is made of one upload while it runs.</summary>
    public static string Early(string videoId, string sourceKey) => $"{AllEarly(videoId)}{sourceKey.Replace('/', '-')}/";

    public static string AllEarly(string videoId) => $"videos/{videoId}/early/";

    public static string Mp4(string videoId, int version) => $"{Plan(videoId, version)}source.mp4";

    /// <summary>The picture chosen from the video itself; one that somebody uploads or picks takes the place of it.</summary>
    public static string AutomaticPoster(string videoId, int version) => $"{Plan(videoId, version)}poster.jpg";

    public static string PickedPoster(string videoId, double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"videos/{videoId}/picked-{seconds * 1000:0}.jpg");

    /// <summary>The rendition and number of a segment, or of a storyboard's tile, below <see cref="Plan"/>, or <c>null</c> for anything else.</summary>
    public static (string Rendition, int Segment)? ReadSegment(string key, string planPrefix)
    {
        var parts = key[planPrefix.Length..].Split('/');
        var extension = parts[0] == Storyboard.FolderName ? TileExtension : SegmentExtension;

        return
            parts.Length == 2
            && parts[1].EndsWith(extension, StringComparison.Ordinal)
            && int.TryParse(
                parts[1].AsSpan(0, parts[1].Length - extension.Length),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var segment
            )
            ? (parts[0], segment)
            : null;
    }
}
