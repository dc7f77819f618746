using System.Text.Json.Serialization;

namespace Latchkey.Video.Playback;

/// <summary>What the player page is told. The serializer's default encoder escapes <c>&lt;</c>, so that it may stand inside a script element.</summary>
internal sealed record PlayerConfig(
    string VideoId,
    string Title,
    string Hls,
    string? Mp4,
    string Poster,
    string Storyboard,
    string? Session,
    PlayerTheme Theme,
    bool Live,
    bool Panoramic
)
{
    public IReadOnlyList<string> Captions { get; } = [];

    public IReadOnlyList<string> Chapters { get; } = [];

    /// <param name="token">Of a private video; part of all its addresses.</param>
    public static PlayerConfig For(PlaybackVideo video, string? token)
    {
        var vod = $"/vod/{video.Id}" + (video.Public || token is null ? "" : $"/token/{Uri.EscapeDataString(token)}");

        return new PlayerConfig(
            video.Id,
            video.Title,
            $"{vod}/hls/manifest.m3u8",
            video.Mp4Support ? $"{vod}/mp4/source.mp4" : null,
            $"{vod}/thumbnail.jpg",
            $"{vod}/storyboard.vtt",
            video.Public || token is null ? null : $"{vod}/session",
            new PlayerTheme(),
            Live: false,
            video.Panoramic
        );
    }
}

/// <summary>The look of a player, with api.video's defaults.</summary>
internal sealed record PlayerTheme
{
    public string Text { get; init; } = "rgba(255, 255, 255, 1)";
    public string Link { get; init; } = "rgba(255, 255, 255, 1)";
    public string LinkHover { get; init; } = "rgba(255, 255, 255, 1)";
    public string LinkActive { get; init; } = "rgba(255, 255, 255, 1)";
    public string TrackPlayed { get; init; } = "rgba(88, 131, 255, .95)";
    public string TrackUnplayed { get; init; } = "rgba(255, 255, 255, .35)";
    public string TrackBackground { get; init; } = "rgba(255, 255, 255, .2)";
    public string BackgroundTop { get; init; } = "rgba(0, 0, 0, .7)";
    public string BackgroundBottom { get; init; } = "rgba(0, 0, 0, .7)";
    public string BackgroundText { get; init; } = "rgba(255, 255, 255, 1)";
    public bool EnableApi { get; init; } = true;
    public bool EnableControls { get; init; } = true;
    public bool ForceAutoplay { get; init; }
    public bool HideTitle { get; init; }
    public bool ForceLoop { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PlayerConfig))]
internal sealed partial class PlayerConfigJson : JsonSerializerContext;
