using Latchkey.Video.Data;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Index;
using Latchkey.Video.Uploads;
using Latchkey.Video.Videos;

namespace Latchkey.Video.Tests;

/// <summary>Uploads without encoding, for tests of the upload side alone.</summary>
internal sealed class NoEncoding : IEncodingStarter, IEncodingStatus
{
    public void Request(VideoDb db, VideoObject video, VideoSource source, DateTimeOffset now) { }

    public Task StartAsync(string videoId, CancellationToken cancellation) => Task.CompletedTask;

    public Task StopAsync(string videoId, CancellationToken cancellation) => Task.CompletedTask;

    public Task RemoveAsync(VideoDb db, string videoId, CancellationToken cancellation) => Task.CompletedTask;

    public Task<EncodingStatusResponse> GetAsync(VideoDb db, string videoId, CancellationToken cancellation) =>
        Task.FromResult(EncodingStatusResponse.None);

    public void Begin(VideoObject video, string sourceKey, ReceivedBytes received, long? length) { }

    public Task EndUploadAsync(string videoId) => Task.CompletedTask;
}
