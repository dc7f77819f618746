using System.Net;
using System.Runtime.CompilerServices;
using Latchkey.Platform.Files;
using Latchkey.Testing;
using Latchkey.Video.Tests.Playback;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
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
        await using var server = await VideoServer.StartAsync(adjust: builder => Replace(builder, at => store = new Store(at)));
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

    private static void Replace(IHostApplicationBuilder builder, Func<IFileStore, Store> wrap)
    {
        var real = builder.Services.Last(service => service.ServiceType == typeof(IFileStore));
        builder.Services.Replace(
            ServiceDescriptor.Singleton<IFileStore>(services => wrap((IFileStore)real.ImplementationFactory!(services)))
        );
    }

    /// <summary>Cannot be reached any more once so many segments have been put into it.</summary>
    private sealed class Store(IFileStore real) : IFileStore
    {
        private int _segments;
        private int _refused;

        public int LosesAfter { get; set; } = int.MaxValue;

        public int Refused => _refused;

        public Task<bool> PublishAsync(string localPath, string key, CancellationToken cancellation)
        {
            Reach();

            if (key.EndsWith(".m4s", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _segments);
            }

            return real.PublishAsync(localPath, key, cancellation);
        }

        public ValueTask<StoredFile?> FindAsync(string key, CancellationToken cancellation) => Reach().FindAsync(key, cancellation);

        public ValueTask<IStoredFileReader?> OpenAsync(string key, CancellationToken cancellation) => Reach().OpenAsync(key, cancellation);

        public Task ReplaceAsync(string localPath, string key, CancellationToken cancellation) =>
            Reach().ReplaceAsync(localPath, key, cancellation);

        public Task<IGrowingFile> OpenGrowingAsync(string key, CancellationToken cancellation) =>
            Reach().OpenGrowingAsync(key, cancellation);

        public Task MoveAsync(string key, string newKey, CancellationToken cancellation) => Reach().MoveAsync(key, newKey, cancellation);

        public Task LinkAsync(string key, string newKey, CancellationToken cancellation) => Reach().LinkAsync(key, newKey, cancellation);

        public Task DeleteAsync(string key, CancellationToken cancellation) => Reach().DeleteAsync(key, cancellation);

        public Task DeleteTreeAsync(string prefix, CancellationToken cancellation) => Reach().DeleteTreeAsync(prefix, cancellation);

        public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
        {
            await foreach (var key in Reach().ListAsync(prefix, cancellation))
            {
                yield return key;
            }
        }

        public string InputFor(string key) => real.InputFor(key);

        public long? FreeBytes() => real.FreeBytes();

        public ScratchFolder CreateScratch(string purpose) => real.CreateScratch(purpose);

        private IFileStore Reach()
        {
            if (Volatile.Read(ref _segments) < LosesAfter)
            {
                return real;
            }

            Interlocked.Increment(ref _refused);
            throw new IOException("The store does not answer.");
        }
    }
}
