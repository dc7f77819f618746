using System.Globalization;

namespace Latchkey.Video.Encoding;

/// <summary>The keys of a video's files in the store. All that is made of a video lies under one prefix.</summary>
internal static class VideoFiles
{
    private const string SegmentExtension = ".m4s";

    public static string All(string videoId) => $"videos/{videoId}/";

    public static string Plan(string videoId, int version) => $"videos/{videoId}/v{version.ToString(CultureInfo.InvariantCulture)}/";

    public static string Init(string videoId, int version, string rendition) =>
        $"{Plan(videoId, version)}{rendition}/{MadeSegment.InitName}";

    public static string Segment(string videoId, int version, string rendition, int segment) =>
        $"{Plan(videoId, version)}{rendition}/{MadeSegment.NameOf(segment)}";

    public static string Of(PlannedVideo video, MadeSegment made) =>
        made.Number is { } number
            ? Segment(video.VideoId, video.Plan.Version, made.Rendition, number)
            : Init(video.VideoId, video.Plan.Version, made.Rendition);

    public static string Mp4(string videoId, int version) => $"{Plan(videoId, version)}source.mp4";

    /// <summary>The picture chosen from the video itself; one that somebody uploads or picks takes the place of it.</summary>
    public static string AutomaticPoster(string videoId, int version) => $"{Plan(videoId, version)}poster.jpg";

    public static string PickedPoster(string videoId, double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"videos/{videoId}/picked-{seconds * 1000:0}.jpg");

    /// <summary>The rendition and number of a segment below <see cref="Plan"/>, or <c>null</c> for anything else.</summary>
    public static (string Rendition, int Segment)? ReadSegment(string key, string planPrefix)
    {
        var parts = key[planPrefix.Length..].Split('/');

        return
            parts.Length == 2
            && parts[1].EndsWith(SegmentExtension, StringComparison.Ordinal)
            && int.TryParse(
                parts[1].AsSpan(0, parts[1].Length - SegmentExtension.Length),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var segment
            )
            ? (parts[0], segment)
            : null;
    }
}
