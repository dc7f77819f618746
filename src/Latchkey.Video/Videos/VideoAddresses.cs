using System.Net;

namespace Latchkey.Video.Videos;

/// <summary>Where a video is watched. Clients cut ids and tokens out of these paths, so their shape is part of the contract.</summary>
/// <param name="Hls">The master playlist.</param>
/// <param name="Iframe">HTML that embeds the player.</param>
/// <param name="Mp4"><c>null</c> for videos without MP4 support.</param>
public sealed record VideoAddresses(string Hls, string Iframe, string Player, string Thumbnail, string? Mp4)
{
    /// <param name="baseUrl">Without a slash at the end.</param>
    /// <param name="token">Of a private video.</param>
    internal static VideoAddresses Of(VideoObject video, string baseUrl, Guid? token)
    {
        var media = token is null ? $"{baseUrl}/vod/{video.Id}" : $"{baseUrl}/vod/{video.Id}/token/{token:D}";
        var player = token is null ? $"{baseUrl}/embed/vod/{video.Id}" : $"{baseUrl}/embed/vod/{video.Id}?token={token:D}";

        var iframe =
            $"<iframe src=\"{WebUtility.HtmlEncode(player)}\" width=\"100%\" height=\"100%\" frameborder=\"0\" scrolling=\"no\" allowfullscreen=\"true\"></iframe>";

        return new VideoAddresses(
            $"{media}/hls/manifest.m3u8",
            iframe,
            player,
            $"{media}/thumbnail.jpg",
            video.Mp4Support ? $"{media}/mp4/source.mp4" : null
        );
    }
}
