using System.Net;
using Latchkey.Platform.Files;
using Latchkey.Testing;
using Latchkey.Video.Tests.Playback;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

/// <summary>The file store cannot be reached while a video is encoded: nothing fails, and all is made when it is back.</summary>
public sealed class LostStoreTests
{
    [Fact]
    public async Task Can_pause_while_the_store_is_away_and_go_on()
    {
        Store store = null!;
        await using var server = await VideoServer.StartAsync(adjust: builder => StoreAround.Put(builder, real => store = new Store(real)));
        store.LosesAfter = 1;
        var videoId = await server.PublishAsync(await server.ForeignClipAsync(6));

        await Eventually.IsTrueAsync(
            () => server.Host.Logs.Any(line => line.Text.Contains("encoding pauses", StringComparison.Ordinal)),
            "nobody noticed"
        );
        (await server.StatusAsync(videoId))["encoding"]!["playable"]!.GetValue<bool>().ShouldBeTrue();

        store.LosesAfter = int.MaxValue;

        (await server.SettledAsync(videoId)).ShouldAllBe(quality => quality.EndsWith(" encoded", StringComparison.Ordinal));
        (await server.StatusOfAsync($"/vod/{videoId}/hls/240p/v1/0.m4s")).ShouldBe(HttpStatusCode.OK);
        store.Refused.ShouldBeGreaterThan(0);
        server.Host.Logs.ShouldNotContain(line => line.Text.Contains("is given up", StringComparison.Ordinal));
    }

    /// <summary>Cannot be reached any more once so many segments have been put into it.</summary>
    private sealed class Store(IFileStore real) : StoreAround(real)
    {
        private int _segments;
        private int _refused;

        public int LosesAfter { get; set; } = int.MaxValue;

        public int Refused => _refused;

        public override Task<bool> PublishAsync(string localPath, string key, CancellationToken cancellation)
        {
            Reach();

            if (key.EndsWith(".m4s", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _segments);
            }

            return Real.PublishAsync(localPath, key, cancellation);
        }

        protected override IFileStore Reach()
        {
            if (Volatile.Read(ref _segments) < LosesAfter)
            {
                return Real;
            }

            Interlocked.Increment(ref _refused);
            throw new IOException("The store does not answer.");
        }
    }
}
