using Latchkey.App.VideoCreation;
using Latchkey.Video.Videos;
using AppAddresses = Latchkey.App.VideoCreation.VideoAddresses;
using VideoAddresses = Latchkey.Video.Videos.VideoAddresses;

namespace Latchkey.Wiring;

/// <summary>The Video module of this process, as the App module wants to see it.</summary>
internal sealed class EmbeddedVideo(IVideoCatalogue videos) : IVideoHost
{
    public async Task<PreparedUpload> PrepareUploadAsync(NewVideo video, CancellationToken cancellation)
    {
        var created = await videos.CreateVideoWithUploadTokenAsync(
            new NewCatalogueVideo(
                video.Title,
                video.Description,
                video.Tags,
                video.Environment,
                video.PublicUrl,
                video.TokenLifetime,
                video.UploadLimit
            ),
            cancellation
        );

        return new PreparedUpload(created.VideoId, created.UploadToken, created.UploadUrl, From(created.Addresses));
    }

    public async Task<HostedVideo?> FindAsync(string videoId, string publicUrl, CancellationToken cancellation) =>
        await videos.GetStatusAsync(videoId, publicUrl, cancellation) is { } video
            ? new HostedVideo(video.VideoId, From(video.Stage), From(video.Addresses))
            : null;

    private static AppAddresses From(VideoAddresses addresses) =>
        new(addresses.Hls, addresses.Mp4, addresses.Thumbnail, addresses.Player, addresses.Iframe);

    private static VideoStage From(VideoProgressStage stage) =>
        stage switch
        {
            VideoProgressStage.Uploading => VideoStage.Uploading,
            VideoProgressStage.Uploaded => VideoStage.Uploaded,
            VideoProgressStage.Processing => VideoStage.Processing,
            VideoProgressStage.Playable => VideoStage.Ready,
            VideoProgressStage.Failed => VideoStage.Failed,
            _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, message: null),
        };
}
