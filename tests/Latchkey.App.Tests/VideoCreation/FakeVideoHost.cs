using Latchkey.App.VideoCreation;

namespace Latchkey.App.Tests.VideoCreation;

/// <summary>Remembers what it was asked for, and answers with what the test put in.</summary>
internal sealed class FakeVideoHost : IVideoHost
{
    public const string VideoId = "vi0123456789abcdefghijkl";

    public List<NewVideo> Prepared { get; } = [];

    public VideoStage Stage { get; set; }

    public Exception? Failure { get; set; }

    public Task<PreparedUpload> PrepareUploadAsync(NewVideo video, CancellationToken cancellation)
    {
        if (Failure is not null)
            throw Failure;

        Prepared.Add(video);
        return Task.FromResult(new PreparedUpload(VideoId, "tok_1", $"{video.PublicUrl}/upload?token=tok_1", Addresses(video.PublicUrl)));
    }

    public Task<HostedVideo?> FindAsync(string videoId, string publicUrl, CancellationToken cancellation) =>
        Task.FromResult(videoId == VideoId ? new HostedVideo(VideoId, Stage, Addresses(publicUrl)) : null);

    private static VideoAddresses Addresses(string publicUrl) =>
        new($"{publicUrl}/hls", $"{publicUrl}/mp4", $"{publicUrl}/thumbnail", $"{publicUrl}/player", "<iframe>");
}
