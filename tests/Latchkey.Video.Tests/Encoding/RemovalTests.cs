using System.Net;
using System.Net.Http.Json;
using Latchkey.Platform.Files;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Latchkey.Video.Tests.Playback;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

/// <summary>A video is deleted in the moment in which one of its files has been made and not yet stored.</summary>
public sealed class RemovalTests
{
    private Store _store = null!;

    [Fact]
    public async Task Can_leave_nothing_when_a_run_stores_a_segment_afterwards()
    {
        await using var server = await StartAsync("/1.m4s");
        var videoId = await server.PublishAsync(await server.ForeignClipAsync(6));

        await DeleteWhileHeldAsync(server, videoId);
    }

    [Fact]
    public async Task Can_leave_nothing_when_a_picked_picture_is_stored_afterwards()
    {
        await using var server = await StartAsync("/picked-1000.jpg");
        var videoId = await server.PublishAsync(await server.ForeignClipAsync(6));
        await server.SettledAsync(videoId);
        using var picked = await server.Host.Client.PatchAsJsonAsync($"/videos/{videoId}/thumbnail", new { timecode = "00:00:01:00" });
        picked.StatusCode.ShouldBe(HttpStatusCode.OK);
        var looking = server.StatusOfAsync(new Uri((string)(await server.VideoAsync(videoId))["assets"]!["thumbnail"]!).PathAndQuery);

        await DeleteWhileHeldAsync(server, videoId);
        await looking;
    }

    private Task<VideoServer> StartAsync(string held) =>
        VideoServer.StartAsync(
            new RunningHostOptions { Adjust = builder => StoreAround.Put(builder, real => _store = new Store(real, held)) }
                .With(PlatformSettings.OutboundAllow, "127.0.0.1")
                .With(VideoSettings.DiscardDays, "0")
        );

    private async Task DeleteWhileHeldAsync(VideoServer server, string videoId)
    {
        await _store.Reached.WaitAsync(TestContext.Current.CancellationToken);
        using var deleted = await server.Host.Client.DeleteAsync(new Uri($"/videos/{videoId}", UriKind.Relative));
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        _store.Open();

        (await _store.Stored.WaitAsync(TestContext.Current.CancellationToken)).ShouldContain(videoId);
        await Eventually.IsTrueAsync(async () => !await _store.ListAsync("videos/", default).AnyAsync(), "a file is left");
    }

    /// <summary>Holds back what is published under such names, and takes it even if nobody wants it any more.</summary>
    private sealed class Store(IFileStore real, string held) : StoreAround(real)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<string> _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        /// <summary>The key of the first that was stored after the others were deleted.</summary>
        public Task<string> Stored => _stored.Task;

        public void Open() => _open.SetResult();

        public override async Task<bool> PublishAsync(string localPath, string key, CancellationToken cancellation)
        {
            if (!key.EndsWith(held, StringComparison.Ordinal))
            {
                return await Real.PublishAsync(localPath, key, cancellation);
            }

            _reached.TrySetResult();
            await _open.Task;
            var isNew = await Real.PublishAsync(localPath, key, CancellationToken.None);
            _stored.TrySetResult(key);

            return isNew;
        }
    }
}
