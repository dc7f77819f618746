using Latchkey.Platform.Web;
using Latchkey.Video.Playback;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Video.Videos;

/// <summary>Makes the answer about a video: addresses on the host that was called, and for a private video a new token in them.</summary>
internal sealed class VideoWire(PlaybackTokens tokens, PublicUrl publicUrl)
{
    public async ValueTask<VideoResponse> WriteAsync(VideoObject video, HttpRequest request, CancellationToken cancellation) =>
        VideoResponse.From(video, await AddressesAsync(video, publicUrl.BaseFor(request), cancellation));

    public async ValueTask<VideoAddresses> AddressesAsync(VideoObject video, string baseUrl, CancellationToken cancellation) =>
        VideoAddresses.Of(video, baseUrl, video.Public ? null : await tokens.MintAsync(video.Id, cancellation));
}
