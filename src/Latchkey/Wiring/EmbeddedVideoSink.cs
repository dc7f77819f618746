using System.Net.Http.Headers;
using Latchkey.Generation.Publishing;
using Latchkey.Platform.Access;
using Latchkey.Platform.Outbound;
using Latchkey.Video.Videos;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Latchkey.Wiring;

/// <summary>
/// The Video module of this process, for finished clips. They go the way of every upload, over this server's own address, so that all that
/// uploads pass through holds for them too.
/// </summary>
internal sealed class EmbeddedVideoSink(IVideoCatalogue videos, IHttpClientFactory clients, IServer server) : IVideoSink
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    public async Task<string> PublishAsync(string title, string path, CancellationToken cancellation)
    {
        var address = OwnAddress();
        var created = await videos.CreateVideoWithUploadTokenAsync(
            new NewCatalogueVideo(title, null, [], KeyEnvironment.Production, address, TokenLifetime, null),
            cancellation
        );

        await using var file = File.OpenRead(path);
        var part = new StreamContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        using var form = new MultipartFormDataContent
        {
            { new StringContent(created.VideoId), "videoId" },
            { part, "file", Path.GetFileName(path) },
        };
        using var client = clients.CreateClient(OutboundSetup.OperatorClient);
        using var answer = await client.PostAsync(new Uri(created.UploadUrl), form, cancellation);
        answer.EnsureSuccessStatusCode();

        return created.VideoId;
    }

    /// <summary>Plain HTTP where there is a choice: our own certificate may be one that only browsers were told to trust.</summary>
    private string OwnAddress()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var address = addresses.FirstOrDefault(url => url.StartsWith("http:", StringComparison.Ordinal)) ?? addresses.First();
        var bound = BindingAddress.Parse(address);
        var host = bound.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : bound.Host;

        return $"{bound.Scheme}://{host}:{bound.Port}";
    }
}
